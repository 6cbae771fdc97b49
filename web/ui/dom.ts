/** The few words in which this page builds its elements. Text is always text: nothing is ever parsed as markup. */
import { whenLetGo } from "./press.ts";

type Child = Node | string | number | null | undefined | false;
type Props = Readonly<Record<string, string | number | boolean | null | undefined | EventListener>>;

/** An element with attributes; a function is a listener for the event of that name, `true` an attribute without value. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  props: Props = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...present(children));
  return element;
}

function present(children: readonly Child[]): (Node | string)[] {
  return children.flatMap((child) => {
    if (child === null || child === undefined || child === false) return [];
    return [typeof child === "number" ? String(child) : child];
  });
}

/** Puts these children in place of what is there, once nothing there is pressed. */
export function fill(element: Element, ...children: readonly Child[]): void {
  whenLetGo(element, () => element.replaceChildren(...present(children)));
}

/** Does the same, and what had the focus has it again, by its id. */
export function refill(element: Element, ...children: readonly Child[]): void {
  whenLetGo(element, () => {
    const focused = element.contains(document.activeElement) ? document.activeElement?.id : undefined;
    element.replaceChildren(...present(children));
    if (focused !== undefined && focused !== "") document.getElementById(focused)?.focus();
  });
}

/** Sets text only where it differs, so that readers of the page are not told again what they know. */
export function say(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Keeps a list's elements by key: those that stay are updated in place, and keep their focus. Waits as `fill` does. */
export function keyed<Item, Made extends HTMLElement>(
  parent: HTMLElement,
  items: readonly Item[],
  key: (item: Item) => string,
  make: (item: Item) => Made,
  update: (element: Made, item: Item) => void,
  kept: Map<string, Made>,
): void {
  whenLetGo(parent, () => {
    const wanted = new Set(items.map(key));
    for (const [name, element] of kept) {
      if (wanted.has(name)) continue;
      element.remove();
      kept.delete(name);
    }
    let before: ChildNode | null = parent.firstChild;
    for (const item of items) {
      const name = key(item);
      let element = kept.get(name);
      if (element === undefined) {
        element = make(item);
        kept.set(name, element);
      }
      update(element, item);
      if (element === before) before = element.nextSibling;
      else parent.insertBefore(element, before);
    }
  });
}
