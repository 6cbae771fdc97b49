import { fill, h } from "./dom.ts";
import { type IconName, icon } from "./icons.ts";

/** Ships, miners and fights of a sector, each with its sign and its word. */
export function showCounts(
  element: HTMLElement,
  { ships, miners, fights }: { ships: number; miners: number; fights: number },
): void {
  const text = `${ships}/${miners}/${fights}`;
  if (element.dataset.shown === text) return;
  element.dataset.shown = text;
  const part = (number: number, name: IconName, className: string, word: string) =>
    number === 0
      ? null
      : h("span", { class: className }, icon(name), number, h("span", { class: "hidden-text" }, word));
  fill(
    element,
    part(fights, "fight", "is-fight", fights === 1 ? "fight" : "fights"),
    part(miners, "mine", "is-mine", "mining"),
    part(ships, "ship", "is-ship", ships === 1 ? "ship" : "ships"),
  );
}
