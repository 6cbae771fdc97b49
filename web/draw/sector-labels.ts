import type { SectorView } from "../model/sector.ts";
import { count } from "../model/words.ts";
import type { Actor } from "./actors.ts";
import type { Camera } from "./camera.ts";
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
  for (const { x: worldX, y: worldY, angle, sectorId, turnCost } of shown.gates) {
    const { x, y } = camera.toScreen(worldX * 1.085, worldY * 1.085);
    const side = Math.cos(angle);
    text.textAlign = side > 0.35 ? "left" : side < -0.35 ? "right" : "center";
    const down = Math.abs(side) > 0.35 ? 0 : Math.sin(angle) > 0 ? 14 : -24;
    write(shown.nameOf(sectorId), x, y - 1 + down, "500 13px Barlow, sans-serif", "#cddaea");
    write(
      `${sectorId} · ${count(turnCost, "turn")}`,
      x,
      y + 14 + down,
      "400 12px Barlow, sans-serif",
      "#9fb0c3",
    );
  }
  text.textAlign = "center";
  for (const [index, { name }] of shown.view.stations.entries()) {
    const spot = stationSpot(index);
    const { x, y } = camera.toScreen(spot.x, spot.y);
    write(name, x, y + 6.6 * camera.zoom + 12, "500 12.5px Barlow, sans-serif", "#9fdcd7");
  }
  const crowded = shown.actors.length > CROWD;
  for (const { ship, x: worldX, y: worldY, opacity } of shown.actors) {
    const special = ship.shipId === shown.own || ship.shipId === shown.pointed;
    if ((crowded && !special && ship.action !== "fight") || opacity < 0.6) continue;
    if (ship.status === "DOCKED" && !special && shown.actors.length > CROWD / 4) continue;
    const { x, y } = camera.toScreen(worldX, worldY);
    const below = Math.max(5, 4.1 * camera.zoom) * 2.5;
    const font = special ? "600 13.5px Barlow, sans-serif" : "500 12.5px Barlow, sans-serif";
    write(ship.pilotName, x, y + below, font, special ? "#ffffff" : COLOR.ink);
  }
}
