/** Keeps labels off each other: whoever comes first has the place. */
export class LabelRoom {
  readonly #taken: { x: number; y: number; right: number; bottom: number }[] = [];

  /** @returns whether the place was free; then it is taken */
  take(x: number, y: number, width: number, height: number): boolean {
    const box = { x, y, right: x + width, bottom: y + height };
    const hits = this.#taken.some(
      (other) => box.x < other.right && other.x < box.right && box.y < other.bottom && other.y < box.bottom,
    );
    if (!hits) this.#taken.push(box);
    return !hits;
  }
}
