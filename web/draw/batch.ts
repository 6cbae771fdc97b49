import { Buffer, BufferUsage, Geometry, GlProgram, Mesh, Shader, type UniformGroup } from "pixi.js";
import type { Rgb } from "./palette.ts";
import { LINE_FRAGMENT, LINE_VERTEX, MARK_FRAGMENT, MARK_VERTEX } from "./shaders.ts";
import type { Shape } from "./shapes.ts";

/** Two triangles; each instance is one of these, stretched and moved by the vertex shader. */
const CORNERS = [-1, -1, 1, -1, 1, 1, -1, 1];
const TRIANGLES = [0, 1, 2, 0, 2, 3];

/** Where each attribute's floats are in an instance. */
type Layout = Readonly<
  Record<string, { readonly format: "float32x2" | "float32x3" | "float32x4"; readonly offset: number }>
>;

/** Any number of like things that are drawn with one call. Filled anew, or left as it is. */
class Batch {
  readonly mesh: Mesh<Geometry, Shader>;
  readonly #floatsEach: number;
  readonly #buffer: Buffer;
  readonly #geometry: Geometry;
  #data: Float32Array<ArrayBuffer>;
  #count = 0;

  constructor(camera: UniformGroup, vertex: string, fragment: string, floatsEach: number, layout: Layout) {
    this.#floatsEach = floatsEach;
    this.#data = new Float32Array(floatsEach * 256);
    this.#buffer = new Buffer({ data: this.#data, usage: BufferUsage.VERTEX | BufferUsage.COPY_DST });
    const stride = floatsEach * 4;
    const instanced = Object.entries(layout).map(([name, { format, offset }]) => [
      name,
      { buffer: this.#buffer, format, offset: offset * 4, stride, instance: true },
    ]);
    this.#geometry = new Geometry({
      attributes: { aPosition: { buffer: CORNERS, format: "float32x2" }, ...Object.fromEntries(instanced) },
      indexBuffer: TRIANGLES,
      instanceCount: 0,
    });
    const shader = new Shader({
      glProgram: GlProgram.from({ vertex, fragment }),
      resources: { camera },
    });
    this.mesh = new Mesh({ geometry: this.#geometry, shader });
    this.mesh.visible = false;
  }

  get count(): number {
    return this.#count;
  }

  /** Begins anew with nothing. */
  clear(): void {
    this.#count = 0;
  }

  /** @returns where to write the next instance's floats */
  protected next(): { data: Float32Array; at: number } {
    const at = this.#count * this.#floatsEach;
    if (at + this.#floatsEach > this.#data.length) {
      const larger = new Float32Array(this.#data.length * 2);
      larger.set(this.#data);
      this.#data = larger;
    }
    this.#count++;
    return { data: this.#data, at };
  }

  /** What has been added since `clear` is what is drawn from now on. */
  commit(): void {
    const floats = this.#count * this.#floatsEach;
    if (this.#buffer.data === this.#data) this.#buffer.update(floats * 4);
    else this.#buffer.setDataWithSize(this.#data, floats, true);
    this.#geometry.instanceCount = this.#count;
    this.mesh.visible = this.#count > 0;
  }

  destroy(): void {
    this.mesh.destroy();
    this.#geometry.destroy(true);
  }
}

/** A mark: what, where, how large. */
export interface Mark {
  readonly x: number;
  readonly y: number;
  readonly shape: Shape;
  readonly color: Rgb;
  readonly alpha?: number;
  /** In world units; not drawn smaller than `minPx` nor larger than `maxPx`. */
  readonly radius?: number;
  readonly minPx?: number;
  readonly maxPx?: number;
  /** Radians clockwise. */
  readonly turn?: number;
  readonly param?: number;
  /** 0 covers what is below, 1 only adds light to it. */
  readonly add?: number;
}

export class MarkBatch extends Batch {
  constructor(camera: UniformGroup) {
    super(camera, MARK_VERTEX, MARK_FRAGMENT, 13, {
      aCenter: { format: "float32x2", offset: 0 },
      aSize: { format: "float32x3", offset: 2 },
      aColor: { format: "float32x4", offset: 5 },
      aForm: { format: "float32x4", offset: 9 },
    });
  }

  add({
    x,
    y,
    shape,
    color,
    alpha = 1,
    radius = 0,
    minPx = 0,
    maxPx = 4096,
    turn = 0,
    param = 0,
    add = 0,
  }: Mark): void {
    const { data, at } = this.next();
    data[at] = x;
    data[at + 1] = y;
    data[at + 2] = radius;
    data[at + 3] = minPx;
    data[at + 4] = maxPx;
    data[at + 5] = color[0];
    data[at + 6] = color[1];
    data[at + 7] = color[2];
    data[at + 8] = alpha;
    data[at + 9] = shape;
    data[at + 10] = turn;
    data[at + 11] = param;
    data[at + 12] = add;
  }
}

export interface Line {
  readonly fromX: number;
  readonly fromY: number;
  readonly toX: number;
  readonly toY: number;
  readonly color: Rgb;
  readonly alpha?: number;
  readonly widthPx?: number;
  /** Length of a dash with its gap, in pixels; 0 for none. */
  readonly dashPx?: number;
  /** Dashes a second that go by. */
  readonly speed?: number;
  readonly fadeFrom?: number;
  readonly fadeTo?: number;
}

export class LineBatch extends Batch {
  constructor(camera: UniformGroup) {
    super(camera, LINE_VERTEX, LINE_FRAGMENT, 14, {
      aEnds: { format: "float32x4", offset: 0 },
      aColor: { format: "float32x4", offset: 4 },
      aForm: { format: "float32x4", offset: 8 },
      aFade: { format: "float32x2", offset: 12 },
    });
  }

  add(line: Line): void {
    const { data, at } = this.next();
    data[at] = line.fromX;
    data[at + 1] = line.fromY;
    data[at + 2] = line.toX;
    data[at + 3] = line.toY;
    data[at + 4] = line.color[0];
    data[at + 5] = line.color[1];
    data[at + 6] = line.color[2];
    data[at + 7] = line.alpha ?? 1;
    data[at + 8] = line.widthPx ?? 1;
    data[at + 9] = line.dashPx ?? 0;
    data[at + 10] = line.speed ?? 0;
    data[at + 11] = 0;
    data[at + 12] = line.fadeFrom ?? 1;
    data[at + 13] = line.fadeTo ?? 1;
  }
}
