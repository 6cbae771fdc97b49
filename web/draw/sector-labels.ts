import type { SectorView } from "../model/sector.ts";
import { count } from "../model/words.ts";
import type { Actor } from "./actors.ts";
import type { Camera } from "./camera.ts";
import { LabelRoom } from "./label-room.ts";
import { COLOR } from "./palette.ts";
import { type Gate, stationSpot } from "./sector-layout.ts";

/** Beyond so many ships only those that do something are named. */
const CROWD = 48;

interface Shown {
  readonly view: SectorView;
  readonly gates: readonly Gate[];
  readonly actors: readonly Actor[];
  readonly own: string;
  readonly pointed: string | null;
  nameOf(sectorId: number): string;
}

export function drawSectorLabels(text: CanvasRenderingContext2D, camera: Camera, shown: Shown): void {
  text.textBaseline = "middle";
  text.letterSpacing = "0px";
  text.lineJoin = "round";
  text.lineWidth = 3.5;
  text.strokeStyle = "rgba(9, 13, 20, 0.85)";
  const write = (label: string, x: number, y: number, font: string, color: string) => {
    text.font = font;
    text.strokeText(label, x, y);
    text.fillStyle = color;
    text.fillText(label, x, y);
  };
  for (const gate of shown.gates) writeGate(text, camera, gate, shown.nameOf(gate.sectorId), write);
  text.textAlign = "center";
  const room = new LabelRoom();
  for (const [index, { name }] of shown.view.stations.entries()) {
    const spot = stationSpot(index);
    const { x, y } = camera.toScreen(spot.x, spot.y);
    const below = y + 6.6 * camera.zoom + 12;
    write(name, x, below, "500 12.5px Barlow, sans-serif", "#9fdcd7");
    const width = text.measureText(name).width;
    room.take(x - width / 2, below - 8, width, 16);
  }
  writeShips(camera, shown, (label, x, y, font, color) => {
    text.font = font;
    const width = text.measureText(label).width + 6;
    if (!room.take(x - width / 2, y - 8, width, 16)) return false;
    write(label, x, y, font, color);
    return true;
  });
}

/** Where a way leads, outside the circle; on a narrow picture moved in, above or below its sign. */
function writeGate(
  text: CanvasRenderingContext2D,
  camera: Camera,
  { x: worldX, y: worldY, angle, sectorId, turnCost }: Gate,
  name: string,
  write: (label: string, x: number, y: number, font: string, color: string) => void,
): void {
  const { x, y } = camera.toScreen(worldX * 1.085, worldY * 1.085);
  const detail = `${sectorId} · ${count(turnCost, "turn")}`;
  text.font = "500 13px Barlow, sans-serif";
  const width = Math.max(text.measureText(name).width, text.measureText(detail).width);
  const beside = Math.abs(Math.cos(angle)) > 0.35;
  const toTheRight = Math.cos(angle) > 0;
  const left = beside ? (toTheRight ? x : x - width) : x - width / 2;
  const inside = Math.min(camera.width - width - 6, Math.max(6, left));
  const moved = Math.abs(inside - left) > 3;
  text.textAlign = beside && !toTheRight ? "right" : beside ? "left" : "center";
  const at = inside + (text.textAlign === "right" ? width : text.textAlign === "center" ? width / 2 : 0);
  const down = beside && !moved ? 0 : Math.sin(angle) > 0 ? (moved ? 20 : 14) : moved ? -34 : -24;
  write(name, at, y - 1 + down, "500 13px Barlow, sans-serif", "#cddaea");
  write(detail, at, y + 14 + down, "400 12px Barlow, sans-serif", "#9fb0c3");
}

/** Names of ships below them, or above where that is taken; those that find no place have the list. */
function writeShips(
  camera: Camera,
  { actors, own, pointed }: Shown,
  write: (label: string, x: number, y: number, font: string, color: string) => boolean,
): void {
  const crowded = actors.length > CROWD;
  const rank = ({ ship }: Actor) =>
    ship.shipId === own || ship.shipId === pointed ? 0 : ship.action === "fight" ? 1 : 2;
  for (const actor of [...actors].sort((a, b) => rank(a) - rank(b))) {
    const { ship, opacity } = actor;
    const special = rank(actor) === 0;
    if ((crowded && rank(actor) === 2) || opacity < 0.6) continue;
    if (ship.status === "DOCKED" && !special && actors.length > CROWD / 4) continue;
    const { x, y } = camera.toScreen(actor.x, actor.y);
    const reach = Math.max(5, 4.1 * camera.zoom);
    const hasBars = special || ship.hull < ship.hullMax || ship.shield < ship.shieldMax;
    const below = reach * 2.1 + (hasBars ? 13 : 8);
    const font = special ? "600 13.5px Barlow, sans-serif" : "500 12.5px Barlow, sans-serif";
    const color = special ? "#ffffff" : COLOR.ink;
    if (!write(ship.pilotName, x, y + below, font, color))
      write(ship.pilotName, x, y - reach * 1.7 - 9, font, color);
  }
}
