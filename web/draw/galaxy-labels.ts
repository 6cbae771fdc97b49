import type { Activity, Atlas } from "../model/galaxy.ts";
import type { MapSector } from "../net/wire.ts";
import type { Camera } from "./camera.ts";
import { LabelRoom } from "./label-room.ts";
import { COLOR } from "./palette.ts";

/** More than this nobody can read, and each costs time in each frame. */
const LABELS_MAX = 120;
/** On a phone live sectors would hide what lies between them; the list below names them all. */
const NARROW_PX = 600;
const LIVE_NARROW_MAX = 5;
/** From how many pixels a unit on they are written. */
const CLUSTER_ZOOM_MIN = 0.38;
const SECTOR_ZOOM_MIN = 2.9;
const REGION_ZOOM_MAX = 1.1;

interface Shown {
  readonly activities: ReadonlyMap<number, Activity>;
  readonly pointed: readonly (MapSector | null)[];
}

/** Names by zoom: regions from afar, then clusters, then sectors; where something goes on earlier than elsewhere. */
export function drawGalaxyLabels(
  text: CanvasRenderingContext2D,
  camera: Camera,
  atlas: Atlas,
  { activities, pointed }: Shown,
): void {
  const room = new LabelRoom();
  let written = 0;
  const write = (label: string, x: number, y: number, font: string, color: string, spacing = "0px") => {
    if (written >= LABELS_MAX) return;
    text.font = font;
    text.letterSpacing = spacing;
    const width = text.measureText(label).width;
    const left = Math.min(camera.width - width - 8, Math.max(8, x - width / 2));
    if (!room.take(left - 4, y - 9, width + 8, 18)) return;
    written++;
    text.lineWidth = 3.5;
    text.strokeStyle = "rgba(9, 13, 20, 0.85)";
    text.lineJoin = "round";
    text.textAlign = "left";
    text.textBaseline = "middle";
    text.strokeText(label, left, y);
    text.fillStyle = color;
    text.fillText(label, left, y);
  };
  const inView = (x: number, y: number) =>
    x > -80 && y > -30 && x < camera.width + 80 && y < camera.height + 30;

  for (const sector of new Set(pointed)) {
    if (sector === null) continue;
    const { x, y } = camera.toScreen(sector.x, sector.y);
    write(`${sector.sectorId} · ${sector.name}`, x, y - 26, "600 14px Barlow, sans-serif", COLOR.ink);
  }
  const live = [...activities.values()]
    .filter(({ awake }) => awake)
    .sort((a, b) => b.fights - a.fights || b.ships - a.ships)
    .slice(0, camera.width < NARROW_PX && camera.zoom < SECTOR_ZOOM_MIN ? LIVE_NARROW_MAX : LABELS_MAX);
  if (camera.zoom > 0.3) {
    for (const { sectorId } of live) {
      const sector = atlas.sector(sectorId);
      if (sector === undefined) continue;
      const { x, y } = camera.toScreen(sector.x, sector.y);
      if (inView(x, y)) write(sector.name, x, y + 22, "500 12.5px Barlow, sans-serif", "#f5e3c0");
    }
  }
  if (camera.zoom < REGION_ZOOM_MAX) {
    for (const { name, x: worldX, top } of atlas.regions) {
      const { x, y } = camera.toScreen(worldX, top);
      if (inView(x, y))
        write(name.toUpperCase(), x, Math.max(20, y - 26), "600 15px Barlow, sans-serif", "#c3d0df", "4px");
    }
  }
  if (camera.zoom > SECTOR_ZOOM_MIN) {
    for (const sector of atlas.map.sectors) {
      const { x, y } = camera.toScreen(sector.x, sector.y);
      if (inView(x, y)) write(sector.name, x, y + 19, "400 12px Barlow, sans-serif", "#b4c2d2");
    }
  }
  if (camera.zoom > CLUSTER_ZOOM_MIN && camera.zoom < SECTOR_ZOOM_MIN * 1.1) {
    for (const { name, x: worldX, top } of atlas.clusters) {
      const { x, y } = camera.toScreen(worldX, top);
      if (inView(x, y)) write(name.toUpperCase(), x, y - 17, "500 11px Barlow, sans-serif", "#8ea4bd", "2px");
    }
  }
}
