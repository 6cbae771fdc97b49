import { h } from "./dom.ts";
import { icon } from "./icons.ts";

interface Options {
  /** What it shows and how to move in it, for those who do not see it. */
  readonly label: string;
  home(): void;
  zoom(factor: number): void;
}

const ZOOM_STEP = 1.5;
/** How browsers say that they have not got a module: the drawing's parts are loaded when they are needed. */
const NOT_LOADED = /dynamically imported module|importing a module/i;

/** @param what is not drawn @param error that came of trying */
export function notDrawn(what: "chart" | "picture", error: unknown): HTMLElement {
  const text = NOT_LOADED.test(String(error))
    ? `The ${what} could not be loaded: the server has another version of this page, or is away. Reload the page.`
    : `This browser cannot draw the ${what} (WebGL 2 is missing or switched off).`;
  return h("p", { class: "space-message" }, `${text} The lists work all the same.`);
}

/** The place where a scene is drawn, with its buttons. */
export function openSpace({ label, home, zoom }: Options): { element: HTMLElement; controls: HTMLElement } {
  const button = (name: "plus" | "minus" | "home", title: string, click: () => void) =>
    h("button", { type: "button", title, "aria-label": title, click }, icon(name));
  return {
    element: h("div", { class: "space", tabindex: 0, role: "application", "aria-label": label }),
    controls: h(
      "div",
      { class: "zoom", role: "group", "aria-label": "View" },
      button("plus", "Zoom in", () => zoom(ZOOM_STEP)),
      button("minus", "Zoom out", () => zoom(1 / ZOOM_STEP)),
      button("home", "Show all", home),
    ),
  };
}
