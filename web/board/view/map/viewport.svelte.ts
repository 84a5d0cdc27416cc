// What of the map is seen, and how hands move it: pans, zooms, turns the wheel.
import * as geometry from "../../model/camera.ts";

/** How long after its last turn the wheel is taken to turn, ms. */
const WHEEL_IDLE = 400;

export class Viewport {
  camera: geometry.Camera = $state.raw({ x: 0, y: 0, scale: 1 });
  /** Of the window, pixels; the frame of the map binds them. */
  width = $state(0);
  height = $state(0);
  /** The wheel turns, or did just now. */
  isWheelActive = $state(false);
  #wheelTimer: ReturnType<typeof setTimeout> | undefined;

  readonly window: geometry.Size = $derived({ width: this.width, height: this.height });
  readonly #left = $derived(geometry.renderStart(this.camera.x, this.camera.scale));
  readonly #top = $derived(geometry.renderStart(this.camera.y, this.camera.scale));
  readonly #right = $derived(geometry.renderEnd(this.camera.x, this.width, this.camera.scale));
  readonly #bottom = $derived(geometry.renderEnd(this.camera.y, this.height, this.camera.scale));
  /** What is worth drawing: the window and a little more, in steps. */
  readonly rendered: geometry.Rect = $derived({
    x: this.#left,
    y: this.#top,
    width: this.#right - this.#left,
    height: this.#bottom - this.#top,
  });

  pan(dx: number, dy: number): void {
    this.camera = geometry.panned(this.camera, dx, dy);
  }

  zoom(factor: number, at: geometry.Point = { x: this.width / 2, y: this.height / 2 }): void {
    this.camera = geometry.zoomed(this.camera, factor, at);
  }

  /** Moves as little as needed to see `rect`. */
  reveal(rect: geometry.Rect): void {
    this.camera = geometry.scrolledIntoView(this.camera, rect, this.window);
  }

  onWheel(event: WheelEvent, at: geometry.Point): void {
    this.isWheelActive = true;
    clearTimeout(this.#wheelTimer);
    this.#wheelTimer = setTimeout(() => (this.isWheelActive = false), WHEEL_IDLE);
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 24 : 1;
    if (event.ctrlKey || event.metaKey) this.zoom(Math.exp(-event.deltaY * unit * 0.006), at);
    else this.pan(-event.deltaX * unit, -event.deltaY * unit);
  }
}
