import type { Context } from "../app.ts";
import { sectorTypeName } from "../model/words.ts";
import { fill, h } from "./dom.ts";
import { icon } from "./icons.ts";

const SECTORS_MAX = 7;
const PILOTS_MAX = 6;
const TYPING_MS = 250;

interface Choice {
  readonly label: string;
  readonly where: string;
  readonly sectorId: number;
  readonly kind: "sector" | "pilot";
}

/** Finds sectors by number or name, and pilots who are in live sectors. */
export class Search {
  readonly element: HTMLElement;
  readonly #context: Context;
  readonly #choose: (sectorId: number) => void;
  readonly #input: HTMLInputElement;
  readonly #list = h("div", {
    class: "search-results",
    id: "search-results",
    role: "listbox",
    "aria-label": "Found",
    hidden: true,
  });
  #choices: Choice[] = [];
  #marked = 0;
  #timer = 0;

  constructor(context: Context, choose: (sectorId: number) => void) {
    this.#context = context;
    this.#choose = choose;
    this.#input = h("input", {
      class: "field-input",
      type: "search",
      placeholder: "Sector or pilot",
      "aria-label": "Search a sector or a pilot",
      role: "combobox",
      "aria-expanded": "false",
      "aria-controls": "search-results",
      "aria-autocomplete": "list",
      autocomplete: "off",
      spellcheck: "false",
      input: () => this.#look(),
      focus: () => this.#look(),
      blur: () => setTimeout(() => this.#show([]), 150),
      keydown: (event) => {
        if (event instanceof KeyboardEvent) this.#key(event);
      },
    });
    this.element = h("search", { class: "search" }, icon("search"), this.#input, this.#list);
  }

  focus(): void {
    this.#input.focus();
  }

  #look(): void {
    const text = this.#input.value;
    const { atlas, galaxy } = this.#context;
    const sectors = atlas.find(text, SECTORS_MAX).map(
      (sector): Choice => ({
        label: `${sector.sectorId} ${sector.name}`,
        where: sectorTypeName(sector.type),
        sectorId: sector.sectorId,
        kind: "sector",
      }),
    );
    this.#show(sectors);
    clearTimeout(this.#timer);
    if (text.trim().length < 2) return;
    const pilots: Choice[] = [];
    this.#timer = window.setTimeout(() => {
      galaxy.findPilots(text.trim(), (found) => {
        for (const { name, sectorId } of found) {
          if (pilots.length === PILOTS_MAX) break;
          const where = `in ${sectorId} ${atlas.sector(sectorId)?.name ?? ""}`;
          pilots.push({ label: name, where, sectorId, kind: "pilot" });
        }
        if (document.activeElement === this.#input) this.#show([...pilots, ...sectors]);
      });
    }, TYPING_MS);
  }

  #show(choices: Choice[]): void {
    this.#choices = choices;
    this.#marked = 0;
    const options = choices.map((choice, index) =>
      h(
        "div",
        { role: "option", id: `found-${index}`, pointerdown: () => this.#take(choice) },
        icon(choice.kind === "pilot" ? "you" : "field"),
        h("span", {}, choice.label),
        h("span", { class: "where" }, choice.where),
      ),
    );
    fill(this.#list, ...options);
    this.#list.hidden = choices.length === 0;
    this.#input.setAttribute("aria-expanded", String(choices.length > 0));
    this.#mark(0);
  }

  #mark(index: number): void {
    this.#marked = index;
    for (const [at, option] of [...this.#list.children].entries()) {
      option.setAttribute("aria-selected", String(at === index));
    }
    if (this.#choices.length > 0) this.#input.setAttribute("aria-activedescendant", `found-${index}`);
    else this.#input.removeAttribute("aria-activedescendant");
  }

  #take({ sectorId }: Choice): void {
    this.#input.value = "";
    this.#show([]);
    this.#input.blur();
    this.#choose(sectorId);
  }

  #key(event: KeyboardEvent): void {
    const { length } = this.#choices;
    if (event.key === "Escape") {
      this.#input.value = "";
      this.#show([]);
    }
    if (length === 0) return;
    if (event.key === "ArrowDown") this.#mark((this.#marked + 1) % length);
    else if (event.key === "ArrowUp") this.#mark((this.#marked + length - 1) % length);
    else if (event.key === "Enter") {
      const choice = this.#choices[this.#marked];
      if (choice !== undefined) this.#take(choice);
    } else return;
    event.preventDefault();
  }
}
