import { h } from "../dom.ts";
import { icon } from "../icons.ts";

interface Choice<Id> {
  readonly id: Id;
  readonly title: string;
  readonly text: string;
  /** In small print; empty for none. */
  readonly detail: string;
  /** Why it would be refused just now; null when it would not. */
  readonly reason: string | null;
}

interface Cards<Id> {
  readonly legend: string;
  readonly name: string;
  readonly chosen: Id;
  readonly choices: readonly Choice<Id>[];
  readonly small?: boolean;
  choose(id: Id): void;
}

/** One of several, each with what it means; arrow keys go from one to the next. */
export function radioCards<Id extends string>({
  legend,
  name,
  chosen,
  choices,
  small,
  choose,
}: Cards<Id>): HTMLElement {
  const card = ({ id, title, text, detail, reason }: Choice<Id>) => {
    const input = h("input", {
      type: "radio",
      id: `${name}-${id}`,
      name,
      value: id,
      checked: id === chosen,
      change: () => choose(id),
    });
    return h(
      "label",
      { class: "card-choice", for: input.id },
      input,
      h("span", { class: "card-title" }, title),
      h("span", { class: "card-text" }, text),
      detail !== "" && h("span", { class: "card-detail muted" }, detail),
      reason !== null && h("span", { class: "card-detail is-locked" }, icon("lock"), reason),
    );
  };
  return h(
    "fieldset",
    { class: small === true ? "cards small" : "cards" },
    h("legend", {}, legend),
    h("div", { class: "card-grid" }, ...choices.map(card)),
  );
}

interface Select {
  readonly id: string;
  readonly label: string;
  readonly options: readonly { readonly id: string; readonly label: string }[];
  readonly chosen: string;
  readonly hint?: string;
  choose(id: string): void;
}

export function select({ id, label, options, chosen, hint, choose }: Select): HTMLElement {
  const element = h(
    "select",
    { class: "field-input", id, change: () => choose(element.value) },
    ...options.map((option) =>
      h("option", { value: option.id, selected: option.id === chosen }, option.label),
    ),
  );
  return h(
    "div",
    { class: "labelled" },
    h("label", { for: id }, label),
    element,
    hint !== undefined && h("span", { class: "sub muted" }, hint),
  );
}

/** Text to be taken along: copied by a button, or by hand where the browser does not let the page do it. */
export function copyField(id: string, label: string, text: string, secret = false): HTMLElement {
  const input = h("input", {
    ...{ class: "field-input code", id, readonly: true, value: text },
    type: secret ? "password" : "text",
    focus: () => input.select(),
  });
  const said = h("span", { class: "hidden-text", role: "status" });
  const name = h("span", {}, "Copy");
  const copy = async () => {
    const copied = await (navigator.clipboard?.writeText(text) ?? Promise.reject()).then(
      () => true,
      () => false,
    );
    if (!copied) input.focus();
    name.textContent = copied ? "Copied" : "Ctrl+C";
    said.textContent = copied ? `${label}: copied` : "Selected: press Ctrl+C to copy it";
  };
  const button = h(
    "button",
    { class: "button", type: "button", "aria-label": `Copy: ${label}`, click: () => void copy() },
    icon("copy"),
    name,
  );
  return h(
    "div",
    { class: "labelled" },
    h("label", { for: id }, label),
    h("div", { class: "copy" }, input, button),
    said,
  );
}
