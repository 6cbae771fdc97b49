import { h } from "./dom.ts";
import { icon } from "./icons.ts";

interface Options {
  /** What it shows and how to move in it, for those who do not see it. */
  readonly label: string;
  home(): void;
  zoom(factor: number): void;
}

const ZOOM_STEP = 1.5;

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
