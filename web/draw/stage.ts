import "pixi.js/unsafe-eval";
import { Container, UniformGroup, WebGLRenderer } from "pixi.js";
import { LineBatch, MarkBatch } from "./batch.ts";
import { Camera } from "./camera.ts";

/** Sharper than this nobody sees, and it would only cost. */
const PIXEL_RATIO_MAX = 2;

/** What a view draws. */
export interface Scene {
  /** Brings everything up to `seconds`. @returns whether the next frame may look different */
  frame(seconds: number): boolean;
  /** Writes the labels, on a canvas of their own above the scene. */
  labels(text: CanvasRenderingContext2D): void;
}

/** A canvas for a scene, with its camera: draws when something has changed, and only while it can be seen. */
export class Stage {
  readonly camera: Camera;
  readonly #host: HTMLElement;
  readonly #renderer: WebGLRenderer;
  readonly #root = new Container();
  readonly #uniforms: UniformGroup;
  readonly #text: CanvasRenderingContext2D;
  readonly #resize: ResizeObserver;
  #scene: Scene | null = null;
  #asked = 0;
  #destroyed = false;

  private constructor(host: HTMLElement, renderer: WebGLRenderer, text: CanvasRenderingContext2D) {
    this.#host = host;
    this.#renderer = renderer;
    this.#text = text;
    this.camera = new Camera(host, () => this.draw());
    this.#uniforms = new UniformGroup({
      uCamera: { value: new Float32Array(4), type: "vec4<f32>" },
      uSize: { value: new Float32Array(2), type: "vec2<f32>" },
    });
    this.#resize = new ResizeObserver(() => this.#fit());
    this.#resize.observe(host);
    document.addEventListener("visibilitychange", this.#seen);
    this.#fit();
  }

  /** @throws Error when the browser cannot draw with WebGL */
  static async open(host: HTMLElement): Promise<Stage> {
    const renderer = new WebGLRenderer();
    await renderer.init({
      width: 1,
      height: 1,
      antialias: false,
      backgroundAlpha: 0,
      autoDensity: true,
      resolution: Math.min(window.devicePixelRatio, PIXEL_RATIO_MAX),
      preferWebGLVersion: 2,
    });
    const text = document.createElement("canvas");
    const context = text.getContext("2d");
    if (context === null) throw new Error("This browser cannot draw.");
    for (const canvas of [renderer.canvas, text]) {
      canvas.setAttribute("aria-hidden", "true");
      canvas.className = "space-canvas";
      host.append(canvas);
    }
    return new Stage(host, renderer, context);
  }

  /** A batch of marks above everything added before. */
  marks(): MarkBatch {
    const batch = new MarkBatch(this.#uniforms);
    this.#root.addChild(batch.mesh);
    return batch;
  }

  lines(): LineBatch {
    const batch = new LineBatch(this.#uniforms);
    this.#root.addChild(batch.mesh);
    return batch;
  }

  show(scene: Scene): void {
    this.#scene = scene;
    this.draw();
  }

  /** Something has changed: draws with the next frame. */
  draw(): void {
    if (this.#asked !== 0 || this.#destroyed || document.hidden) return;
    this.#asked = requestAnimationFrame((ms) => this.#frame(ms));
  }

  destroy(): void {
    this.#destroyed = true;
    cancelAnimationFrame(this.#asked);
    document.removeEventListener("visibilitychange", this.#seen);
    this.#resize.disconnect();
    this.camera.destroy();
    this.#root.destroy({ children: true });
    this.#renderer.destroy({ removeView: true });
    this.#text.canvas.remove();
  }

  readonly #seen = () => this.draw();

  #fit(): void {
    const { clientWidth: width, clientHeight: height } = this.#host;
    if (width === 0 || height === 0) return;
    const ratio = Math.min(window.devicePixelRatio, PIXEL_RATIO_MAX);
    this.#renderer.resize(width, height, ratio);
    const { canvas } = this.#text;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    this.#text.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.camera.resized(width, height);
    this.draw();
  }

  #frame(ms: number): void {
    this.#asked = 0;
    const moving = this.camera.step(ms);
    const more = this.#scene?.frame(ms / 1000) ?? false;
    const { x, y, zoom, width, height } = this.camera;
    this.#uniforms.uniforms.uCamera = new Float32Array([x, y, zoom, (ms / 1000) % 3600]);
    this.#uniforms.uniforms.uSize = new Float32Array([width, height]);
    this.#renderer.render(this.#root);
    this.#text.clearRect(0, 0, width, height);
    this.#scene?.labels(this.#text);
    if (moving || more) this.draw();
  }
}
