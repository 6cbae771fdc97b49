import type { Context } from "../app.ts";
import { SectorScene } from "../draw/sector-scene.ts";
import { Stage } from "../draw/stage.ts";
import type { SectorView } from "../model/sector.ts";
import type { ServerTime } from "../model/server-time.ts";
import { notDrawn, openSpace } from "../ui/space.ts";

const SIDE_PX = 356;
const NARROW_PX = 980;
/** The whole picture with the names of the ways out around it. */
const EXTENT = 116;
const EXTENT_NARROW = 124;

interface Options {
  readonly context: Context;
  readonly sectorId: number;
  readonly time: ServerTime;
  /** How many pixels at the bottom something covers. */
  covered(): number;
}

/** A sector's picture, once it can be drawn: until then, and without WebGL, there are the lists. */
export class SectorPicture {
  readonly elements: readonly HTMLElement[];
  readonly #options: Options;
  readonly #space: HTMLElement;
  #stage: Stage | null = null;
  #scene: SectorScene | null = null;
  #shown: { view: SectorView; own: string } | null = null;
  #coveredPx = 0;
  #destroyed = false;

  constructor(options: Options) {
    this.#options = options;
    const { element, controls } = openSpace({
      label:
        "The sector’s picture. Arrow keys move it, plus and minus zoom. The lists beside it hold the same.",
      home: () => this.home(),
      zoom: (factor) => this.#stage?.camera.zoomBy(factor),
    });
    this.#space = element;
    this.elements = [element, controls];
    void this.#open();
  }

  /** Null until something can be drawn. */
  get scene(): SectorScene | null {
    return this.#scene;
  }

  show(view: SectorView, own: string): void {
    this.#shown = { view, own };
    this.#scene?.show(view, own);
    this.#makeRoom();
  }

  point(shipId: string | null): void {
    this.#scene?.point(shipId);
  }

  /** Shows all of it. */
  home(jump = false): void {
    const narrow = innerWidth <= NARROW_PX;
    const side = narrow ? 30 : SIDE_PX + 30;
    const extent = narrow ? EXTENT_NARROW : EXTENT;
    this.#coveredPx = narrow ? 0 : this.#options.covered();
    const bounds = { minX: -extent, minY: -extent, maxX: extent, maxY: extent };
    const insets = { left: side, right: side, top: 18, bottom: 18 + this.#coveredPx };
    this.#stage?.camera.fit(bounds, insets, jump);
  }

  /** With motion reduced nothing moves by itself, yet progress is to be seen. */
  tick(): void {
    this.#makeRoom();
    if (this.#stage?.camera.calm === true && this.#isBusy) this.#stage.draw();
  }

  destroy(): void {
    this.#destroyed = true;
    this.#stage?.destroy();
  }

  get #isBusy(): boolean {
    for (const { action } of this.#shown?.view.ships.values() ?? []) if (action !== "") return true;
    return this.#scene?.effects.busy ?? false;
  }

  /** The pilot's instruments come and go, and grow: the picture stays beside them. */
  #makeRoom(): void {
    if (innerWidth > NARROW_PX && Math.abs(this.#options.covered() - this.#coveredPx) > 2) this.home();
  }

  async #open(): Promise<void> {
    const { context, sectorId, time } = this.#options;
    const { atlas, galaxy } = context;
    try {
      const stage = await Stage.open(this.#space);
      if (this.#destroyed) {
        stage.destroy();
        return;
      }
      const here = atlas.sector(sectorId);
      this.#stage = stage;
      this.#scene = new SectorScene(stage, time, {
        bearing(otherId) {
          const there = atlas.sector(otherId);
          return here === undefined || there === undefined
            ? null
            : Math.atan2(there.y - here.y, there.x - here.x);
        },
        name: (otherId) => atlas.sector(otherId)?.name ?? `Sector ${otherId}`,
        activity: (otherId) => galaxy.activities.get(otherId),
      });
    } catch (error) {
      this.#space.append(notDrawn("picture", error));
      return;
    }
    this.#listen(this.#stage, this.#scene);
    this.home(true);
    this.#stage.show(this.#scene);
    if (this.#shown !== null) this.#scene.show(this.#shown.view, this.#shown.own);
  }

  #listen({ camera }: Stage, scene: SectorScene): void {
    camera.events = {
      click: (x, y) => {
        const hit = scene.at(x, y);
        if (hit?.kind === "gate") this.#options.context.go(`/sector/${hit.sectorId}`);
      },
      hover: (at) => {
        const hit = at === null ? null : scene.at(at.x, at.y);
        scene.point(hit?.kind === "ship" ? hit.shipId : null);
        this.#space.style.cursor = hit?.kind === "gate" ? "pointer" : "";
      },
    };
  }
}
