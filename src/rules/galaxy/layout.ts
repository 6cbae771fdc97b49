import type { Prng } from "./prng.ts";

/** Map units; a warp of one turn spans about 20 of them. */
export interface Place {
  x: number;
  y: number;
  z: number;
}

/** One step of the golden angle, 137.5°. Constants, because Math.cos may differ between machines. */
const GOLDEN_COS = -0.7373688780783197;
const GOLDEN_SIN = 0.6754902942615238;

/**
 * Places on a sunflower spiral round a centre: even in density, outward by index, so low sector numbers lie
 * in the middle and the zones of a region become rings round its capital. Points are about 1.7 × `spacing`
 * apart; `jitter` and `depth` are the most that chance moves each of them in the plane and out of it.
 */
export function spiral(
  count: number,
  shape: { centre: Place; spacing: number; jitter: number; depth: number },
  prng: Prng,
): Place[] {
  const { centre, spacing, jitter, depth } = shape;
  let direction = unitVector(prng);
  return Array.from({ length: count }, (_, index) => {
    const radius = spacing * Math.sqrt(index + 0.5);
    const place = {
      x: centre.x + Math.round(radius * direction.x) + prng.int(-jitter, jitter),
      y: centre.y + Math.round(radius * direction.y) + prng.int(-jitter, jitter),
      z: centre.z + prng.int(-depth, depth),
    };
    direction = {
      x: direction.x * GOLDEN_COS - direction.y * GOLDEN_SIN,
      y: direction.x * GOLDEN_SIN + direction.y * GOLDEN_COS,
    };
    return place;
  });
}

/** The square of the distance: enough to compare, and exact in whole numbers. */
export function distanceSquared(a: Place, b: Place): number {
  return (a.x - b.x) ** 2 + (a.y - b.y) ** 2 + (a.z - b.z) ** 2;
}

function unitVector(prng: Prng): { x: number; y: number } {
  for (;;) {
    const x = prng.int(-1_000, 1_000);
    const y = prng.int(-1_000, 1_000);
    const length = Math.sqrt(x * x + y * y);
    // Only points inside the circle: those of the square's corners would favour the diagonals.
    if (length > 0 && length <= 1_000) return { x: x / length, y: y / length };
  }
}
