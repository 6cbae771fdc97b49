import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const { version }: { version: string } = JSON.parse(readFileSync(here("../package.json"), "utf8"));

/** `npm run page`: what browsers get of `web/`. Where it is built to is said on the command line. */
export default defineConfig({
  root: here("."),
  publicDir: "public",
  define: { __APP_VERSION__: JSON.stringify(version) },
  build: {
    target: "es2022",
    // Everything of one page, asked for at once: a second round trip costs more than a few bytes saved.
    modulePreload: { polyfill: false },
    // The policy lets no data: through but pictures, so fonts stay files.
    assetsInlineLimit: 0,
    emptyOutDir: true,
    reportCompressedSize: false,
  },
});
