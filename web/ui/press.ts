/** What is pressed at this moment, from when it goes down until the click that comes of it. */
let pressed: Element | null = null;
/** What is to change once it is let go. */
const waiting = new Map<Element, () => void>();

/** What a press means something to. Not lists to choose from: while one is open the page is not told that it was let go. */
const PRESSABLE = "a, button, input, label";

/** Call once, before there is anything to press. */
export function watchPresses(): void {
  let timer = 0;
  const hold = ({ target }: Event) => {
    clearTimeout(timer);
    pressed = target instanceof Element && target.closest(PRESSABLE) !== null ? target : null;
  };
  // Once the click has come, if one does.
  const release = () => {
    clearTimeout(timer);
    timer = window.setTimeout(letGo);
  };
  addEventListener("pointerdown", hold, true);
  const holdKey = (event: KeyboardEvent) => {
    if (event.key === " ") hold(event);
  };
  addEventListener("keydown", holdKey, true);
  for (const end of ["pointerup", "pointercancel", "keyup", "blur"]) addEventListener(end, release);
  // What comes of a click is shown at once.
  const click = () => {
    pressed = null;
  };
  addEventListener("click", click, true);
}

/**
 * Changes what is in an element, or waits with it while something there is pressed: a button that is replaced then, or moved,
 * is not clicked. Of several changes that wait for the same element the last is made.
 */
export function whenLetGo(element: Element, change: () => void): void {
  waiting.delete(element);
  if (pressed !== null && element.contains(pressed)) waiting.set(element, change);
  else change();
}

function letGo(): void {
  pressed = null;
  const changes = [...waiting.values()];
  waiting.clear();
  for (const change of changes) change();
}
