import { h } from "./dom.ts";
import { type IconName, icon } from "./icons.ts";

interface Act {
  readonly label: string;
  /** Does the same as a click, wherever the focus is. */
  readonly key: string;
  readonly sign: IconName;
  readonly look?: "primary" | "danger";
  click(): void;
}

/** A button of the pilot's, with its key. */
export function act({ label, key, sign, look, click }: Act): HTMLButtonElement {
  return h(
    "button",
    {
      class: `button ${look ?? ""}`,
      type: "button",
      "aria-keyshortcuts": key,
      title: `Key ${key}`,
      click,
    },
    icon(sign),
    label,
  );
}

/** A button that cannot be used keeps its focus and says why: a disabled one could do neither. */
export function enable(button: HTMLButtonElement, reason: string | null): void {
  button.setAttribute("aria-disabled", String(reason !== null));
  if (reason !== null) button.title = reason;
  else if (button.ariaKeyShortcuts !== null) button.title = `Key ${button.ariaKeyShortcuts}`;
  else button.removeAttribute("title");
}

export function isAble(button: HTMLButtonElement): boolean {
  return button.getAttribute("aria-disabled") !== "true";
}
