import type { Page } from "../app.ts";
import { h } from "../ui/dom.ts";

/** An address that means nothing. */
export class NothingPage implements Page {
  readonly title = "Nothing here";

  constructor(host: HTMLElement) {
    host.append(
      h(
        "div",
        { class: "space-message nothing" },
        h("h1", {}, "Nothing here"),
        h("p", {}, "This address leads nowhere. Sectors are at /sector/ and their number."),
        h("p", {}, h("a", { class: "button primary", href: "/" }, "To the galaxy")),
      ),
    );
  }

  destroy(): void {}
}
