/** What the bots of this repository say of themselves, in joins and over HTTP: their sessions are counted under it. */
import { createRequire } from "node:module";
import { z } from "zod";
import { APP_HEADERS, type AppContext } from "../src/identity/app-context.ts";

const manifest = z.object({ version: z.string() }).parse(createRequire(import.meta.url)("../package.json"));

export const APP = { appSurface: "bot", appVersion: manifest.version } as const satisfies Partial<AppContext>;

export const APP_REQUEST_HEADERS = {
  [APP_HEADERS.appSurface]: APP.appSurface,
  [APP_HEADERS.appVersion]: APP.appVersion,
} as const;
