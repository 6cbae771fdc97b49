import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

/** `npm run page`: what browsers get of `web/`. Where it is built to is said on the command line. */
export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  publicDir: "public",
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
