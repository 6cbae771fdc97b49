/** A share of the way that the camera goes towards where it is wanted, each frame of a 60th of a second. */
const EASE = 0.18;
const WHEEL_STEP = 1.0016;
const KEY_PAN_PX = 90;
const KEY_ZOOM = 1.35;
/** A pointer that moved less than this between down and up has clicked. */
const CLICK_PX = 5;

interface Place {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

export interface CameraEvents {
  /** At a place in world units. */
  click?(x: number, y: number): void;
  /** Null when the pointer leaves. */
  hover?(at: { x: number; y: number } | null): void;
}

/** Where a view looks: moved by dragging, wheel, pinch and keys; always smoothly, unless motion is to be reduced. */
export class Camera {
  x = 0;
  y = 0;
  /** Pixels a world unit. */
  zoom = 1;
  width = 1;
  height = 1;
  zoomMin = 0.01;
  zoomMax = 100;
  events: CameraEvents = {};
  readonly #host: HTMLElement;
  readonly #changed: () => void;
  readonly #pointers = new Map<number, { x: number; y: number }>();
  readonly #calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  #target: Place = { x: 0, y: 0, zoom: 1 };
  #travelledPx = 0;
  #lastMs = 0;
  #bounds: { minX: number; minY: number; maxX: number; maxY: number } | null = null;
  readonly #stop = new AbortController();

  constructor(host: HTMLElement, changed: () => void) {
    this.#host = host;
    this.#changed = changed;
    const { signal } = this.#stop;
    host.addEventListener("pointerdown", (event) => this.#down(event), { signal });
    host.addEventListener("pointermove", (event) => this.#move(event), { signal });
    host.addEventListener("pointerup", (event) => this.#up(event), { signal });
    host.addEventListener("pointercancel", (event) => this.#pointers.delete(event.pointerId), { signal });
    host.addEventListener("pointerleave", () => this.events.hover?.(null), { signal });
    host.addEventListener("wheel", (event) => this.#wheel(event), { signal, passive: false });
    host.addEventListener("keydown", (event) => this.#key(event), { signal });
  }

  /** Motion is to be reduced: nothing glides or pulses. */
  get calm(): boolean {
    return this.#calm.matches;
  }

  destroy(): void {
    this.#stop.abort();
  }

  resized(width: number, height: number): void {
    this.width = width;
    this.height = height;
  }

  /** The view never leaves these bounds altogether. */
  setBounds(bounds: { minX: number; minY: number; maxX: number; maxY: number }): void {
    this.#bounds = bounds;
  }

  /** Goes there, at once when `jump`. */
  look(to: Partial<Place>, jump = false): void {
    const zoom = Math.min(this.zoomMax, Math.max(this.zoomMin, to.zoom ?? this.#target.zoom));
    let { x, y } = { ...this.#target, ...to };
    if (this.#bounds !== null) {
      x = Math.min(this.#bounds.maxX, Math.max(this.#bounds.minX, x));
      y = Math.min(this.#bounds.maxY, Math.max(this.#bounds.minY, y));
    }
    this.#target = { x, y, zoom };
    if (jump || this.calm) Object.assign(this, this.#target);
    this.#changed();
  }

  /** Shows all of these bounds. @param insets pixels at each side that something covers */
  fit(
    { minX, minY, maxX, maxY }: { minX: number; minY: number; maxX: number; maxY: number },
    insets: { left: number; right: number; top: number; bottom: number },
    jump = false,
  ): void {
    const free = {
      width: Math.max(80, this.width - insets.left - insets.right),
      height: Math.max(80, this.height - insets.top - insets.bottom),
    };
    const zoom = Math.min(free.width / Math.max(1, maxX - minX), free.height / Math.max(1, maxY - minY));
    const limited = Math.min(this.zoomMax, Math.max(this.zoomMin, zoom));
    this.look(
      {
        x: (minX + maxX) / 2 + (insets.right - insets.left) / 2 / limited,
        y: (minY + maxY) / 2 + (insets.bottom - insets.top) / 2 / limited,
        zoom: limited,
      },
      jump,
    );
  }

  zoomBy(factor: number): void {
    this.#zoomAt(this.width / 2, this.height / 2, factor);
  }

  toScreen(x: number, y: number): { x: number; y: number } {
    return { x: (x - this.x) * this.zoom + this.width / 2, y: (y - this.y) * this.zoom + this.height / 2 };
  }

  toWorld(px: number, py: number): { x: number; y: number } {
    return { x: (px - this.width / 2) / this.zoom + this.x, y: (py - this.height / 2) / this.zoom + this.y };
  }

  /** @returns whether it is still on its way */
  step(ms: number): boolean {
    const frames = Math.min(4, (ms - this.#lastMs) / (1000 / 60));
    this.#lastMs = ms;
    const share = 1 - (1 - EASE) ** Math.max(0.25, frames);
    const { x, y, zoom } = this.#target;
    // Zoom goes by factors, so that it feels the same from near and from far.
    const nextZoom = this.zoom * (zoom / this.zoom) ** share;
    this.x += (x - this.x) * share;
    this.y += (y - this.y) * share;
    this.zoom = nextZoom;
    const far =
      Math.hypot(x - this.x, y - this.y) * zoom > 0.2 || Math.abs(Math.log(zoom / this.zoom)) > 0.001;
    if (!far) Object.assign(this, this.#target);
    return far;
  }

  #at(event: MouseEvent): { x: number; y: number } {
    const box = this.#host.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  #down(event: PointerEvent): void {
    if (event.target instanceof Element && event.target.closest("a, button") !== null) return;
    this.#host.setPointerCapture(event.pointerId);
    this.#pointers.set(event.pointerId, this.#at(event));
    this.#travelledPx = 0;
  }

  #move(event: PointerEvent): void {
    const now = this.#at(event);
    const before = this.#pointers.get(event.pointerId);
    if (before === undefined) {
      this.events.hover?.(this.toWorld(now.x, now.y));
      return;
    }
    const [a, b] = [...this.#pointers.values()];
    if (a !== undefined && b !== undefined) {
      const other = before === a ? b : a;
      const factor =
        Math.hypot(now.x - other.x, now.y - other.y) / Math.hypot(before.x - other.x, before.y - other.y);
      this.#zoomAt((now.x + other.x) / 2, (now.y + other.y) / 2, factor, true);
    }
    const share = 1 / this.#pointers.size;
    this.#travelledPx += Math.hypot(now.x - before.x, now.y - before.y);
    this.#panBy((before.x - now.x) * share, (before.y - now.y) * share, true);
    this.#pointers.set(event.pointerId, now);
  }

  #up(event: PointerEvent): void {
    if (!this.#pointers.delete(event.pointerId) || this.#travelledPx > CLICK_PX) return;
    const { x, y } = this.#at(event);
    const world = this.toWorld(x, y);
    this.events.click?.(world.x, world.y);
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault();
    const { x, y } = this.#at(event);
    this.#zoomAt(x, y, WHEEL_STEP ** -(event.deltaMode === 1 ? event.deltaY * 30 : event.deltaY));
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const acts: Record<string, () => void> = {
      ArrowLeft: () => this.#panBy(-KEY_PAN_PX, 0),
      ArrowRight: () => this.#panBy(KEY_PAN_PX, 0),
      ArrowUp: () => this.#panBy(0, -KEY_PAN_PX),
      ArrowDown: () => this.#panBy(0, KEY_PAN_PX),
      "+": () => this.zoomBy(KEY_ZOOM),
      "=": () => this.zoomBy(KEY_ZOOM),
      "-": () => this.zoomBy(1 / KEY_ZOOM),
    };
    const act = acts[event.key];
    if (act === undefined || event.target !== this.#host) return;
    event.preventDefault();
    act();
  }

  #panBy(px: number, py: number, jump = false): void {
    this.look({ x: this.#target.x + px / this.zoom, y: this.#target.y + py / this.zoom }, jump);
  }

  /** The place under these pixels stays where it is. */
  #zoomAt(px: number, py: number, factor: number, jump = false): void {
    const { x, y, zoom } = this.#target;
    const next = Math.min(this.zoomMax, Math.max(this.zoomMin, zoom * factor));
    const dx = px - this.width / 2;
    const dy = py - this.height / 2;
    this.look({ x: x + dx / zoom - dx / next, y: y + dy / zoom - dy / next, zoom: next }, jump);
  }
}
