/** Set by the build (web/vite.config.ts). */
declare const __APP_VERSION__: string;

/** What this page says it is, in each join and request (docs/economy.md): its sessions are counted by it. */
const APP = { appSurface: "web", appVersion: __APP_VERSION__ } as const;

/** What every join of this page carries. */
export const JOIN = { protocol: 1, ...APP } as const;

/** What every request of this page carries. */
export const APP_HEADERS = { "x-app-surface": APP.appSurface, "x-app-version": APP.appVersion } as const;
