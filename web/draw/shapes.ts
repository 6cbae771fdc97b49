/** What a mark looks like. The numbers are those that the fragment shader in gl.ts compares with. */
export const SHAPE = {
  disc: 0,
  glow: 1,
  ring: 2,
  diamond: 3,
  triangle: 4,
  hexagon: 5,
  cross: 6,
  square: 7,
  /** A part of a ring: `param` of the way round, from the top. */
  arc: 8,
  /** A rock, whose form `param` is the seed of. */
  rock: 9,
  /** A bar, filled from the left up to `param`. */
  bar: 10,
  /** Rings that spread; `param` shifts their phase. */
  ripple: 11,
  /** A four-pointed star. */
  star: 12,
  /** A ring that is cut into dashes and turns. */
  dashedRing: 13,
  /** A large ring of one pixel. */
  orbit: 14,
  /** Hulls, nose up. */
  dart: 20,
  freighter: 21,
  wedge: 22,
  capsule: 23,
  carrier: 24,
} as const;

export type Shape = (typeof SHAPE)[keyof typeof SHAPE];

/** Each hull type has a form of its own, so that a ship is known without its colour. */
export const HULL_SHAPE: Readonly<Record<string, Shape>> = {
  ESCAPE_POD: SHAPE.capsule,
  SCOUT_SHIP: SHAPE.dart,
  FAST_COURIER: SHAPE.dart,
  CITIZEN_CLIPPER: SHAPE.dart,
  LIGHT_FREIGHTER: SHAPE.freighter,
  CARGO_HAULER: SHAPE.freighter,
  COLONY_SHIP: SHAPE.freighter,
  DEFENDER: SHAPE.wedge,
  WARP_JUMPER: SHAPE.wedge,
  CARRIER: SHAPE.carrier,
  NPC_MARSHAL_INTERDICTOR: SHAPE.wedge,
  NPC_SENTINEL_INTERDICTOR: SHAPE.wedge,
};
