/** The colours of the chart, the same as in style/base.css. Each meaning has a shape or a word too. */
export const COLOR = {
  void: "#090d14",
  ink: "#e8edf4",
  muted: "#9fb0c3",
  line: "#2a3a4e",
  /** Ore and whatever has to do with it. */
  ore: "#f2b457",
  /** Ships, shields, ways. */
  teal: "#5cc8c2",
  /** Fights and damage. */
  red: "#ff7a68",
  green: "#93d17f",
  /** Claims and oddities. */
  violet: "#b9a0f5",
  blue: "#7fb2ff",
} as const;

export type Rgb = readonly [r: number, g: number, b: number];

/** @param hex `#rrggbb`; anything else is white, as for a pilot without a colour */
export function rgb(hex: string): Rgb {
  const value = /^#[0-9a-f]{6}$/i.test(hex) ? Number.parseInt(hex.slice(1), 16) : 0xffffff;
  return [(value >> 16) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255];
}

/** How well a zone is policed, from safe to wild. */
export const ZONE_COLOR: Readonly<Record<string, string>> = {
  FEDERATION: "#4f86c6",
  BORDER: "#8a78c8",
  FRONTIER: "#c2705f",
  EXPANSE: "#5c8f86",
};

export const SECTOR_COLOR: Readonly<Record<string, string>> = {
  STANDARD: "#8fa3ba",
  ASTEROID_FIELD: COLOR.ore,
  NEBULA: "#d08bd0",
  BLACK_HOLE: "#ffffff",
  RADIATION_ZONE: "#c5d86a",
  WARP_STORM: "#7fb2ff",
  ANOMALY: COLOR.violet,
};
