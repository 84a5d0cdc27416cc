// The viewport of the map: its camera and size, and panning and zooming by hand or wheel.
import * as geometry from "../../model/camera.ts";

/** Milliseconds after the last wheel event until the wheel counts as idle. */
const WHEEL_IDLE = 400;

export class Viewport {
  camera: geometry.Camera = $state.raw({ x: 0, y: 0, scale: 1 });
  /** Size of the window, pixels; bound by the map's frame. */
  width = $state(0);
  height = $state(0);
  /** Whether there was a wheel event within `WHEEL_IDLE`. */
  isWheelActive = $state(false);
  #wheelTimer: ReturnType<typeof setTimeout> | undefined;

  readonly window: geometry.Size = $derived({ width: this.width, height: this.height });
  readonly #left = $derived(geometry.renderStart(this.camera.x, this.camera.scale));
  readonly #top = $derived(geometry.renderStart(this.camera.y, this.camera.scale));
  readonly #right = $derived(geometry.renderEnd(this.camera.x, this.width, this.camera.scale));
  readonly #bottom = $derived(geometry.renderEnd(this.camera.y, this.height, this.camera.scale));
  /** The area to render: the window and the overscan, in steps. */
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

  /** Moves the camera as little as needed to show `rect`. */
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
