import { Atlas } from "./model/galaxy.ts";
import { ServerTime } from "./model/server-time.ts";
import { type ApiError, asApiError, ask } from "./net/api.ts";
import { GalaxyFeed } from "./net/galaxy-feed.ts";
import { ONLY_WATCHES, Session } from "./net/session.ts";
import { mapSchema } from "./net/wire.ts";
import { h } from "./ui/dom.ts";
import { Header } from "./ui/header.ts";
import { openPilotDialog } from "./ui/pilot-dialog.ts";
import { AccountPage } from "./views/account-page.ts";
import { ExpeditionsPage } from "./views/expeditions-page.ts";
import { GalaxyPage } from "./views/galaxy-page.ts";
import { GuildPage } from "./views/guild-page.ts";
import { NothingPage } from "./views/nothing-page.ts";
import { SectorPage } from "./views/sector-page.ts";

/** One view at a time, below the header. */
export interface Page {
  readonly title: string;
  destroy(): void;
}

/** What every view works with. */
export interface Context {
  readonly atlas: Atlas;
  readonly galaxy: GalaxyFeed;
  readonly session: Session;
  readonly time: ServerTime;
  /** Goes to an address of this page, with what is behind its `?`, without loading it anew. */
  go(path: string): void;
}

const RETRY_MS = 3_000;

/** The views that are not of a place in the galaxy; see also src/http/page.ts. */
const VIEWS: Readonly<Record<string, new (host: HTMLElement, context: Context) => Page>> = {
  "/": GalaxyPage,
  "/expeditions": ExpeditionsPage,
  "/guild": GuildPage,
  "/account": AccountPage,
};

export class App {
  readonly #host: Element;
  readonly #view = h("main", { class: "view", id: "view", tabindex: -1 });
  #page: Page | null = null;
  /** The address that the view is of. */
  #address = "";
  #context: Context | null = null;
  #header: Header | null = null;

  constructor(host: Element) {
    this.#host = host;
  }

  async start(): Promise<void> {
    const session = new Session();
    const skip = h("a", { class: "skip button", href: "#view" }, "Skip to the view");
    this.#host.replaceChildren(skip, this.#view);
    addEventListener("hashchange", () => void session.followLink());
    const atlas = await this.#readMap(session);
    await session.keepGiven();
    // Labels are drawn on a canvas, which does not wait for a font by itself.
    await Promise.allSettled(
      ["400", "500", "600"].map((weight) => document.fonts.load(`${weight} 14px Barlow`)),
    );
    const context: Context = {
      atlas,
      session,
      time: new ServerTime(),
      galaxy: new GalaxyFeed(session),
      go: (path) => {
        if (path !== location.pathname + location.search) history.pushState(null, "", path);
        this.#route();
      },
    };
    this.#context = context;
    const header = new Header(context);
    this.#header = header;
    this.#host.replaceChildren(skip, header.element, header.banner, this.#view);
    document.addEventListener("click", (event) => this.#followLink(event));
    // Behind the # there is only a place in the view, or a token.
    addEventListener("popstate", () => {
      if (location.pathname + location.search !== this.#address) this.#route();
    });
    this.#route();
  }

  /** Tries until it is there: without a map there is nothing to show. */
  async #readMap(session: Session): Promise<Atlas> {
    let said = "";
    for (;;) {
      const { token } = session;
      try {
        return new Atlas(await ask("/galaxy/map", mapSchema, { token }));
      } catch (error) {
        const refusal = asApiError(error);
        // Whatever else is wrong passes, and a guest's token is all there is of them.
        if (token !== null && ONLY_WATCHES.has(refusal.code)) {
          session.reject(refusal);
          session.fallBack(token);
          continue;
        }
        if (refusal.code !== said) this.#view.replaceChildren(away(refusal, session));
        said = refusal.code;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  #route(): void {
    const context = this.#context;
    if (context === null) return;
    this.#page?.destroy();
    this.#address = location.pathname + location.search;
    this.#view.replaceChildren();
    this.#page = this.#open(context, location.pathname);
    this.#header?.showPlace(location.pathname);
    document.title = `${this.#page.title} · Sectorkeep`;
  }

  #open(context: Context, path: string): Page {
    const View = VIEWS[path];
    if (View !== undefined) return new View(this.#view, context);
    const sectorId = /^\/sector\/([1-9]\d{0,8})$/.exec(path)?.[1];
    return sectorId === undefined
      ? new NothingPage(this.#view)
      : new SectorPage(this.#view, context, Number(sectorId));
  }

  /** Links within the page change the view; all others do what links do. */
  #followLink(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey)
      return;
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (link === null || link.target !== "" || link.origin !== location.origin || link.hash !== "") return;
    if (VIEWS[link.pathname] === undefined && !link.pathname.startsWith("/sector/")) return;
    event.preventDefault();
    this.#context?.go(link.pathname + link.search);
  }
}

/** Before there is a map: why there is none, and how to come by one. */
function away({ code, message }: ApiError, session: Session): HTMLElement {
  const signIn = () => openPilotDialog({ session, go: (path) => history.pushState(null, "", path) });
  const what =
    code === "token_missing"
      ? [
          h(
            "p",
            {},
            "This server shows its galaxy only to those who have signed in. Come from the game, or sign in here.",
          ),
          h("button", { class: "button primary", type: "button", click: signIn }, "Sign in"),
        ]
      : [h("p", {}, "Trying again every few seconds.")];
  return h(
    "div",
    { class: "space-message nothing", role: "status" },
    h("h1", {}, "No map yet"),
    h("p", {}, message),
    ...what,
  );
}
