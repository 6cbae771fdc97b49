/** What the browser keeps for this page. Where site data is blocked it is kept for as long as the page is open. */
export class Kept {
  readonly #open: () => Storage;
  readonly #meanwhile = new Map<string, string>();

  /** @param open throws, or what it gives does, where site data is blocked */
  constructor(open: () => Storage) {
    this.#open = open;
  }

  get(key: string): string | null {
    try {
      return this.#open().getItem(key);
    } catch {
      return this.#meanwhile.get(key) ?? null;
    }
  }

  set(key: string, value: string): void {
    try {
      this.#open().setItem(key, value);
    } catch {
      this.#meanwhile.set(key, value);
    }
  }

  remove(key: string): void {
    this.#meanwhile.delete(key);
    try {
      this.#open().removeItem(key);
    } catch {
      // It was in no other place.
    }
  }
}

/** For every window, and beyond a restart of the browser. */
export const inBrowser = new Kept(() => localStorage);
/** For this window alone, over a reload. */
export const inWindow = new Kept(() => sessionStorage);
