import type { LineBatch, MarkBatch } from "./batch.ts";
import type { Camera } from "./camera.ts";
import { COLOR, type Rgb, rgb } from "./palette.ts";
import { SHAPE } from "./shapes.ts";

/** What flashes up and is gone: hits, blasts, words that rise. */
type Effect =
  | {
      readonly kind: "blast";
      readonly x: number;
      readonly y: number;
      readonly color: Rgb;
      readonly size: number;
    }
  | {
      readonly kind: "bolt";
      readonly x: number;
      readonly y: number;
      readonly toX: number;
      readonly toY: number;
      readonly color: Rgb;
    }
  | {
      readonly kind: "word";
      readonly x: number;
      readonly y: number;
      readonly text: string;
      readonly color: string;
      /** Words that come at once at one place stand above each other. */
      readonly row?: number;
    };

const SECONDS: Readonly<Record<Effect["kind"], number>> = { blast: 1.3, bolt: 0.55, word: 2.2 };
/** More at once nobody sees, and a long absence must not bring them all together. */
const EFFECTS_MAX = 160;
const WORD_RISE_PX = 42;
const WORD_ROW_PX = 15;
const SAME_PLACE = 7;

export class Effects {
  #running: { effect: Effect; since: number }[] = [];
  #pending: Effect[] = [];

  get busy(): boolean {
    return this.#running.length > 0 || this.#pending.length > 0;
  }

  /** Begins with the next frame. */
  add(effect: Effect): void {
    if (this.#pending.length + this.#running.length >= EFFECTS_MAX) return;
    if (effect.kind !== "word") {
      this.#pending.push(effect);
      return;
    }
    const near = this.#pending.filter(
      ({ kind, x, y }) => kind === "word" && Math.hypot(x - effect.x, y - effect.y) < SAME_PLACE,
    );
    this.#pending.push({ ...effect, row: near.length });
  }

  /** A hit: what it cost the shield and the hull. */
  hit(at: { x: number; y: number }, shield: number, hull: number): void {
    const color = rgb(hull > 0 ? COLOR.red : COLOR.teal);
    this.add({ kind: "blast", x: at.x, y: at.y, color, size: hull > 0 ? 8 : 6.5 });
    const text = [...(shield > 0 ? [`−${shield} shield`] : []), ...(hull > 0 ? [`−${hull} hull`] : [])].join(
      "  ",
    );
    if (text !== "")
      this.add({ kind: "word", x: at.x, y: at.y - 5, text, color: hull > 0 ? "#ff9a8c" : "#86dcd6" });
  }

  draw(marks: MarkBatch, lines: LineBatch, seconds: number): void {
    for (const effect of this.#pending.splice(0)) this.#running.push({ effect, since: seconds });
    this.#running = this.#running.filter(({ effect, since }) => seconds - since < SECONDS[effect.kind]);
    for (const { effect, since } of this.#running) {
      const age = (seconds - since) / SECONDS[effect.kind];
      if (effect.kind === "blast") drawBlast(marks, effect, age);
      else if (effect.kind === "bolt") {
        const { x: fromX, y: fromY, toX, toY, color } = effect;
        lines.add({
          fromX,
          fromY,
          toX,
          toY,
          color,
          alpha: 1 - age,
          widthPx: 3.5 * (1 - age) + 1,
          fadeFrom: 0.5,
        });
      }
    }
  }

  words(text: CanvasRenderingContext2D, camera: Camera, seconds: number): void {
    text.textAlign = "center";
    text.textBaseline = "middle";
    text.font = "600 13.5px Barlow, sans-serif";
    text.letterSpacing = "0px";
    text.lineJoin = "round";
    for (const { effect, since } of this.#running) {
      if (effect.kind !== "word") continue;
      const age = (seconds - since) / SECONDS.word;
      const { x, y } = camera.toScreen(effect.x, effect.y);
      const rise = (camera.calm ? 0 : age * WORD_RISE_PX) + (effect.row ?? 0) * WORD_ROW_PX;
      text.globalAlpha = Math.min(1, (1 - age) * 2.2);
      text.strokeStyle = "rgba(9, 13, 20, 0.9)";
      text.lineWidth = 4;
      text.strokeText(effect.text, x, y - 12 - rise);
      text.fillStyle = effect.color;
      text.fillText(effect.text, x, y - 12 - rise);
    }
    text.globalAlpha = 1;
  }
}

function drawBlast(marks: MarkBatch, { x, y, color, size }: Effect & { kind: "blast" }, age: number): void {
  const fade = 1 - age;
  marks.add({ x, y, shape: SHAPE.glow, color, alpha: fade, radius: size * (1 + age * 1.6), add: 1 });
  marks.add({ x, y, shape: SHAPE.ring, color, alpha: fade * 0.9, radius: size * (0.5 + age * 1.7) });
  if (age < 0.45) {
    marks.add({
      x,
      y,
      shape: SHAPE.star,
      color: [1, 1, 1],
      alpha: 1 - age / 0.45,
      radius: size * 0.9,
      turn: age * 2,
    });
  }
}
