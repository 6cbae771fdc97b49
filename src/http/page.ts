import { z } from "zod";
import type { Config } from "../config.ts";
import { Refusal } from "../errors.ts";
import { sendPacked } from "./cached.ts";
import { nothing, PUBLIC, type Route, route, WholeAnswer } from "./route.ts";
import type { Site } from "./site.ts";

/** A year: the name of an asset changes with its content. */
const FOREVER = { "cache-control": "public, max-age=31536000, immutable" };
/** Asked for again each time, and answered with 304 while it is the same. */
const ASK_AGAIN = { "cache-control": "no-cache" };

const NOT_BUILT = "The page has not been built. Run `npm run page`, then start the server again.\n";

/** One plain welcome for programs; a browser gets the page instead. */
const welcome = z.object({ name: z.string(), say: z.string(), look: z.record(z.string(), z.string()) });

const WELCOME: z.output<typeof welcome> = {
  name: "Sectorkeep",
  say: "A galaxy of live sectors. Join the room 'sector' with any Colyseus SDK.",
  look: {
    "GET / (in a browser)": "the galaxy, live",
    "POST /auth/guest": "a token to play with, where guests are allowed",
    "GET /me": "your ship, and which sector to join",
    "GET /galaxy": "the galaxy, and where pilots begin",
    "GET /galaxy/map": "all its sectors and warps",
    "GET /sectors/{sectorId}": "a sector that nobody is in",
    "docs/protocol.md": "everything else: messages, codes, an example in each language",
  },
};

/**
 * What the page may do: run and load what this server serves, and talk to it. With several processes a seat may be
 * in another one, whose address nobody knows beforehand.
 */
function pageHeaders(publicAddress: string | null): Record<string, string> {
  const connect = publicAddress === null ? "'self'" : "'self' ws: wss:";
  return {
    ...ASK_AGAIN,
    "content-security-policy": [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "font-src 'self'",
      "img-src 'self' data:",
      `connect-src ${connect}`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join("; "),
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  };
}

/** Views of the page that are not of a place in the galaxy. */
const VIEWS = [
  ["/expeditions", "Setting out on expeditions and what they brought, in a browser. Data: /runs, /missions."],
  ["/guild", "This week's guild contracts, in a browser. Data: /contracts/current."],
  ["/account", "What you own on all surfaces, in a browser. Data: /me/balances, /me/rewards."],
] as const;

const plain = { method: "GET", access: PUBLIC, query: nothing, body: nothing } as const;
const html = { response: z.string(), mediaType: "text/html" } as const;

/** The page and what it is made of. @param site null when it has not been built: then programs are served all the same */
export function pageRoutes(site: Site | null, { publicAddress }: Pick<Config, "publicAddress">): Route[] {
  const headersOfPage = pageHeaders(publicAddress);
  const page = (headers: Readonly<Record<string, string>>) =>
    site === null
      ? notBuilt()
      : sendPacked(site.index, headers, { ...headersOfPage, vary: "Accept, Accept-Encoding, Origin" });
  const wants = (headers: Readonly<Record<string, string>>) => headers.accept?.includes("text/html") === true;
  return [
    route({
      ...plain,
      path: "/",
      params: nothing,
      response: welcome,
      refusals: [],
      summary: "The galaxy to look at, for browsers; for others a word of welcome, and where to look.",
      handle: ({ headers }) => (wants(headers) ? page(headers) : WELCOME),
    }),
    route({
      ...plain,
      path: "/sector/:sectorId",
      // The page says itself, and to people, what is no sector.
      params: z.object({ sectorId: z.string() }),
      ...html,
      refusals: [],
      summary: "A sector to look at, in a browser. Its data is at /sectors/{sectorId}.",
      handle: ({ headers }) => page(headers),
    }),
    ...VIEWS.map(([path, summary]) =>
      route({
        ...plain,
        path,
        params: nothing,
        ...html,
        refusals: [],
        summary,
        handle: ({ headers }) => page(headers),
      }),
    ),
    route({
      ...plain,
      path: "/assets/:name",
      params: z.object({ name: z.string() }),
      response: z.string(),
      mediaType: "*/*",
      refusals: [],
      summary: "What the page is made of. Names change with their content, so browsers keep them.",
      handle({ params, headers }) {
        const asset = site?.assets.get(params.name);
        if (asset === undefined) throw new Refusal("not_found");
        return sendPacked(asset, headers, { ...FOREVER, "x-content-type-options": "nosniff" });
      },
    }),
    route({
      ...plain,
      path: "/favicon.ico",
      params: nothing,
      response: z.string(),
      mediaType: "image/*",
      refusals: [],
      summary: "The page's icon.",
      handle({ headers }) {
        if (site === null) throw new Refusal("not_found");
        return sendPacked(site.icon, headers, ASK_AGAIN);
      },
    }),
  ];
}

function notBuilt(): WholeAnswer {
  return new WholeAnswer({
    status: 503,
    headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" },
    body: NOT_BUILT,
  });
}
