/** Makes pictures of a page small enough to be kept with its sources: a palette of their own instead of millions. */
import { crc32, deflateSync, inflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Few enough for a picture to be small, enough for nobody to see it. */
const COLORS_MAX = 192;
/** Colour types with three and four bytes a pixel. */
const BYTES_OF_TYPE: Readonly<Record<number, number>> = { 2: 3, 6: 4 };

interface Picture {
  readonly width: number;
  readonly height: number;
  /** One number a pixel: 0xRRGGBB. */
  readonly pixels: Uint32Array;
}

function* chunksOf(png: Buffer): Iterable<{ type: string; data: Buffer }> {
  for (let at = SIGNATURE.length; at < png.length; ) {
    const length = png.readUInt32BE(at);
    yield { type: png.toString("latin1", at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) };
    at += length + 12;
  }
}

/** @throws Error for a PNG that is not of 8 bits a channel in true colour */
function decode(png: Buffer): Picture {
  const chunks = [...chunksOf(png)];
  const header = chunks.find(({ type }) => type === "IHDR")?.data;
  const bytes = BYTES_OF_TYPE[header?.[9] ?? -1];
  if (header === undefined || bytes === undefined || header[8] !== 8) throw new Error("An unusual PNG.");
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const packed = Buffer.concat(chunks.filter(({ type }) => type === "IDAT").map(({ data }) => data));
  const raw = inflateSync(packed);
  const pixels = new Uint32Array(width * height);
  const row = width * bytes;
  let above = new Uint8Array(row);
  for (let y = 0; y < height; y++) {
    const start = y * (row + 1);
    const line = unfilter(raw.subarray(start + 1, start + 1 + row), raw[start] ?? 0, above, bytes);
    for (let x = 0; x < width; x++) {
      const at = x * bytes;
      pixels[y * width + x] = ((line[at] ?? 0) << 16) | ((line[at + 1] ?? 0) << 8) | (line[at + 2] ?? 0);
    }
    above = line;
  }
  return { width, height, pixels };
}

/** PNG specification, "Filter types for filter method 0". */
function unfilter(coded: Buffer, filter: number, above: Uint8Array, bytes: number): Uint8Array<ArrayBuffer> {
  const line = new Uint8Array(coded.length);
  for (let at = 0; at < coded.length; at++) {
    const left = line[at - bytes] ?? 0;
    const up = above[at] ?? 0;
    const corner = at < bytes ? 0 : (above[at - bytes] ?? 0);
    const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] ?? 0;
    line[at] = (coded[at] ?? 0) + guess;
  }
  return line;
}

function paeth(left: number, up: number, corner: number): number {
  const [toLeft, toUp, toCorner] = [
    Math.abs(up - corner),
    Math.abs(left - corner),
    Math.abs(left + up - 2 * corner),
  ];
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

type Shade = readonly [color: number, pixels: number];
const channel = (color: number, shift: number) => (color >> shift) & 255;

/** Median cut: the box with most to tell apart is halved until there are enough. */
function choose(shades: readonly Shade[]): Shade[][] {
  const boxes: { shades: Shade[]; shift: number; weight: number }[] = [boxOf([...shades])];
  while (boxes.length < COLORS_MAX) {
    boxes.sort((a, b) => b.weight - a.weight);
    const [widest] = boxes;
    if (widest === undefined || widest.shades.length < 2) break;
    const { shades: inside, shift } = widest;
    inside.sort(([a], [b]) => channel(a, shift) - channel(b, shift));
    const half = inside.reduce((sum, [, pixels]) => sum + pixels, 0) / 2;
    let [cut, sum] = [0, 0];
    while (cut < inside.length - 2 && sum < half) sum += inside[cut++]?.[1] ?? 0;
    boxes.splice(0, 1, boxOf(inside.slice(0, Math.max(1, cut))), boxOf(inside.slice(Math.max(1, cut))));
  }
  return boxes.map(({ shades: inside }) => inside);
}

function boxOf(shades: Shade[]): { shades: Shade[]; shift: number; weight: number } {
  const ranges = [16, 8, 0].map((shift) => {
    let [least, most] = [255, 0];
    for (const [color] of shades) {
      least = Math.min(least, channel(color, shift));
      most = Math.max(most, channel(color, shift));
    }
    return { shift, range: most - least };
  });
  const { shift, range } = ranges.reduce((a, b) => (b.range > a.range ? b : a));
  const pixels = shades.reduce((sum, shade) => sum + shade[1], 0);
  // Small bright things count more than their pixels: they are what is looked at.
  return { shades, shift, weight: shades.length < 2 ? 0 : range * range * Math.sqrt(pixels) };
}

function meanOf(shades: readonly Shade[]): number {
  const total = shades.reduce((sum, [, pixels]) => sum + pixels, 0);
  const mean = (shift: number) =>
    Math.round(shades.reduce((sum, [color, pixels]) => sum + channel(color, shift) * pixels, 0) / total);
  return (mean(16) << 16) | (mean(8) << 8) | mean(0);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const frame = Buffer.alloc(body.length + 8);
  frame.writeUInt32BE(data.length, 0);
  body.copy(frame, 4);
  frame.writeUInt32BE(crc32(body), body.length + 4);
  return frame;
}

/** The same picture with a palette of its own. @throws Error for a PNG that is not in true colour */
export function smallPng(png: Buffer): Buffer {
  const { width, height, pixels } = decode(png);
  const counts = new Map<number, number>();
  for (const color of pixels) counts.set(color, (counts.get(color) ?? 0) + 1);
  const boxes = choose([...counts]);
  const palette = Buffer.alloc(boxes.length * 3);
  const indexOf = new Map<number, number>();
  for (const [index, shades] of boxes.entries()) {
    palette.writeUIntBE(meanOf(shades), index * 3, 3);
    for (const [color] of shades) indexOf.set(color, index);
  }
  const lines = Buffer.alloc(height * (width + 1));
  for (const [at, color] of pixels.entries()) {
    lines[Math.floor(at / width) * (width + 1) + 1 + (at % width)] = indexOf.get(color) ?? 0;
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("PLTE", palette),
    chunk("IDAT", deflateSync(lines, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}
