import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { type Packed, pack } from "./cached.ts";

/** What the build of `web/` contains, by ending. What is already packed is not packed again. */
const TYPES: Readonly<Record<string, readonly [type: string, compressible: boolean]>> = {
  ".html": ["text/html; charset=utf-8", true],
  ".js": ["text/javascript; charset=utf-8", true],
  ".css": ["text/css; charset=utf-8", true],
  ".svg": ["image/svg+xml", true],
  ".woff2": ["font/woff2", false],
};

/** The built page, in memory: nothing of a request ever becomes a path on the disk. */
export interface Site {
  readonly index: Packed;
  readonly icon: Packed;
  /** By name. A name carries a hash of its content, so what it means never changes. */
  readonly assets: ReadonlyMap<string, Packed>;
}

/** @throws Error when `folder` does not hold a build of `web/` */
export function loadSite(folder: string): Site {
  const assets = readdirSync(path.join(folder, "assets")).map(
    (name) => [name, packFile(path.join(folder, "assets", name))] as const,
  );
  return {
    index: packFile(path.join(folder, "index.html")),
    icon: packFile(path.join(folder, "icon.svg")),
    assets: new Map(assets),
  };
}

function packFile(file: string): Packed {
  const known = TYPES[path.extname(file)];
  if (known === undefined)
    throw new Error(`${file} is of a kind that is not served; see TYPES in src/http/site.ts.`);
  const [type, compressible] = known;
  return pack(type, readFileSync(file), compressible);
}
