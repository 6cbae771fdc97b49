import type { Context } from "../app.ts";
import type { Status } from "../net/connection.ts";
import { fill, h, say } from "./dom.ts";
import { type IconName, icon } from "./icons.ts";
import { openPilotDialog } from "./pilot-dialog.ts";
import { Search } from "./search.ts";

const SVG = "http://www.w3.org/2000/svg";

/** For one, and for any other number. */
const LABELS = {
  sectors: ["sector awake", "sectors awake"],
  ships: ["ship", "ships"],
  miners: ["mining", "mining"],
  fights: ["fight", "fights"],
} as const;

const PLACES: readonly (readonly [href: string, name: string, sign: IconName])[] = [
  ["/", "Galaxy", "home"],
  ["/expeditions", "Expeditions", "expedition"],
  ["/guild", "Guild", "guild"],
  ["/account", "Account", "purse"],
];

/** The name of the page, the search, what goes on in all, and whether the line is up. */
export class Header {
  readonly element: HTMLElement;
  /** Says what is wrong with the line, and when it is tried again; else what operators say. */
  readonly banner = h("div", { class: "banner", role: "status", hidden: true });
  readonly #context: Context;
  readonly #links: readonly HTMLAnchorElement[];
  readonly #status = h("span", { class: "status" }, h("span", {}));
  readonly #pilot = h("button", {
    class: "button",
    type: "button",
    click: () => openPilotDialog(this.#context),
  });
  readonly #labels = { sectors: h("dt"), ships: h("dt"), miners: h("dt"), fights: h("dt") };
  readonly #numbers = { sectors: h("dd"), ships: h("dd"), miners: h("dd"), fights: h("dd") };

  constructor(context: Context) {
    this.#context = context;
    const search = new Search(context, (sectorId) => context.go(`/sector/${sectorId}`));
    const total = (name: keyof typeof LABELS, className = "") =>
      h("div", { class: className }, this.#labels[name], this.#numbers[name]);
    this.#links = PLACES.map(([href, name, sign]) => h("a", { href }, icon(sign), h("span", {}, name)));
    this.element = h(
      "header",
      { class: "header" },
      h(
        "a",
        { class: "brand", href: "/", "aria-label": "Sectorkeep: the galaxy" },
        emblem(),
        h("span", {}, "Sectorkeep"),
      ),
      h("nav", { class: "places", "aria-label": "Main" }, ...this.#links),
      search.element,
      h(
        "dl",
        { class: "totals", "aria-label": "In the whole galaxy just now" },
        total("sectors", "wide"),
        total("ships"),
        total("miners"),
        total("fights"),
      ),
      this.#status,
      this.#pilot,
    );
    context.galaxy.listen(() => this.#show());
    context.session.listen(() => this.#showPilot());
    this.#showPilot();
    setInterval(() => this.#show(), 500);
    document.addEventListener("keydown", (event) => {
      if (event.key !== "/" || event.target instanceof HTMLInputElement) return;
      event.preventDefault();
      search.focus();
    });
  }

  /** Where the page is now. */
  showPlace(path: string): void {
    for (const link of this.#links) {
      if (link.pathname === path) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    this.#showGuild();
  }

  /** Where contracts are not open yet nothing leads to them. */
  #showGuild(): void {
    for (const link of this.#links) {
      if (link.pathname === "/guild")
        link.hidden = this.#context.galaxy.contracts.length === 0 && !link.hasAttribute("aria-current");
    }
  }

  #show(): void {
    const { totals, status, notice } = this.#context.galaxy;
    this.#showGuild();
    for (const name of ["sectors", "ships", "miners", "fights"] as const) {
      say(this.#labels[name], LABELS[name][totals[name] === 1 ? 0 : 1]);
      say(this.#numbers[name], status.kind === "live" ? totals[name].toLocaleString("en") : "–");
    }
    this.#status.dataset.kind = status.kind;
    const [label] = this.#status.children;
    if (label !== undefined)
      say(label, { live: "Live", connecting: "Connecting", retrying: "Offline", ended: "Off" }[status.kind]);
    const { trouble } = this.#context.session;
    const text = bannerOf(status) || trouble || notice;
    this.banner.hidden = text === "";
    say(this.banner, text);
  }

  #showPilot(): void {
    const { session } = this.#context;
    fill(this.#pilot, icon("ship"), session.flying ? session.name : "Fly");
    this.#pilot.setAttribute(
      "aria-label",
      session.flying ? `Pilot ${session.name}` : "Fly a ship of your own",
    );
    this.#pilot.classList.toggle("primary", !session.flying);
  }
}

function bannerOf(status: Status): string {
  if (status.kind === "ended") return status.error.message;
  if (status.kind !== "retrying") return "";
  const seconds = Math.max(0, Math.ceil((status.atMs - performance.now()) / 1000));
  return `${status.error.message} What you see may be old. Trying again ${seconds > 0 ? `in ${seconds} s` : "now"} …`;
}

function emblem(): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 32 32");
  svg.setAttribute("aria-hidden", "true");
  for (const [d, stroke] of [
    ["M16 16 26 10M16 16 6 10M16 16v11.5", "#3d5a70"],
    ["M16 4.5 26 10v12l-10 5.5L6 22V10Z", "#5cc8c2"],
    ["M16 13.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6Z", "#f2b457"],
  ] as const) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    path.setAttribute("fill", stroke === "#f2b457" ? stroke : "none");
    path.setAttribute("stroke", stroke);
    path.setAttribute("stroke-width", "2");
    svg.append(path);
  }
  return svg;
}
