// Gestures of fingers and the mouse on the map: pan, pinch, drag a card, draw a link. Knows no framework: it receives
// pointer events and calls the handler with their meaning.
import type { Point } from "../../model/camera.ts";
import type { Id } from "../../model/protocol.ts";

/** Pixels that the pointer must move before a press becomes a drag. */
const DRAG_THRESHOLD = 5;
/** Milliseconds that a finger rests on a card before it drags it: a swipe moves the map, and changes nothing. */
const HOLD = 300;

export interface GestureHandler {
  pan(dx: number, dy: number): void;
  zoom(factor: number, at: Point): void;
  /** The card is dragged, so many pixels from its start. */
  drag(card: Id, dx: number, dy: number): void;
  drop(card: Id, dx: number, dy: number): void;
  /** A link is drawn from this card to a point of the window. */
  drawLink(from: Id, to: Point): void;
  finishLink(from: Id, target: EventTarget | null): void;
  cancel(): void;
}

type Gesture =
  | { type: "pan"; last: Point }
  /** A finger on a card: a pan when it moves at once, what `held` says once it has rested. */
  | { type: "press"; start: Point; since: number; held: Held }
  | { type: "card"; card: Id; start: Point; moved: boolean }
  | { type: "line"; card: Id }
  | { type: "pinch"; apart: number; middle: Point };

type Held = Extract<Gesture, { type: "card" | "line" }>;

/** What a press begins on; `since` is the time of a finger's press, null for a mouse. */
export interface Press {
  card: Id | null;
  handle: boolean;
  since: number | null;
}

export class Gestures {
  readonly #pointers = new Map<number, Point>();
  #gesture: Gesture | null = null;
  /** Whether the last press was a drag, so that the click after it is ignored. */
  wasDrag = false;

  constructor(private readonly handler: GestureHandler) {}

  down(pointer: number, at: Point, on: Press): void {
    this.#pointers.set(pointer, at);
    this.wasDrag = false;
    if (this.#pointers.size === 2) {
      this.handler.cancel();
      this.#gesture = { type: "pinch", ...this.#pinch() };
    } else if (this.#pointers.size === 1) {
      if (on.card === null) this.#gesture = { type: "pan", last: at };
      else {
        const held: Held = on.handle ? { type: "line", card: on.card } : { type: "card", card: on.card, start: at, moved: false };
        this.#gesture = on.since === null ? held : { type: "press", start: at, since: on.since, held };
      }
    }
  }

  /** Returns whether the pointer now belongs to the map; `now` in milliseconds, on the clock of `since`. */
  move(pointer: number, at: Point, now: number): boolean {
    const before = this.#pointers.get(pointer);
    if (this.#gesture?.type === "press") this.#gesture = decide(this.#gesture, at, now);
    const gesture = this.#gesture;
    if (before === undefined || gesture === null) return false;
    this.#pointers.set(pointer, at);
    switch (gesture.type) {
      case "press":
        return false;
      case "pan":
        if (!this.wasDrag && Math.hypot(at.x - gesture.last.x, at.y - gesture.last.y) < DRAG_THRESHOLD) return false;
        this.handler.pan(at.x - gesture.last.x, at.y - gesture.last.y);
        gesture.last = at;
        break;
      case "card":
        gesture.moved ||= Math.hypot(at.x - gesture.start.x, at.y - gesture.start.y) >= DRAG_THRESHOLD;
        if (!gesture.moved) return false;
        this.handler.drag(gesture.card, at.x - gesture.start.x, at.y - gesture.start.y);
        break;
      case "line":
        this.handler.drawLink(gesture.card, at);
        break;
      case "pinch":
        this.#pinched(gesture);
    }
    this.wasDrag = true;
    return true;
  }

  up(pointer: number, at: Point, target: EventTarget | null): void {
    const gesture = this.#gesture?.type === "press" && this.#gesture.held.type === "line" ? this.#gesture.held : this.#gesture;
    this.#pointers.delete(pointer);
    // A remaining finger continues as a pan.
    const [rest] = this.#pointers.values();
    this.#gesture = rest === undefined ? null : { type: "pan", last: rest };
    if (gesture?.type === "card" && gesture.moved) this.handler.drop(gesture.card, at.x - gesture.start.x, at.y - gesture.start.y);
    else if (gesture?.type === "line") this.handler.finishLink(gesture.card, target);
  }

  /** Cancels the gesture: Escape, or the browser took the pointer. */
  cancel(): void {
    this.#pointers.clear();
    this.#gesture = null;
    this.handler.cancel();
  }

  get isBusy(): boolean {
    return this.#gesture !== null && this.wasDrag;
  }

  #pinch(): { apart: number; middle: Point } {
    const [a = { x: 0, y: 0 }, b = a] = this.#pointers.values();
    return { apart: Math.max(1, Math.hypot(a.x - b.x, a.y - b.y)), middle: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 } };
  }

  #pinched(gesture: Extract<Gesture, { type: "pinch" }>): void {
    const { apart, middle } = this.#pinch();
    this.handler.zoom(apart / gesture.apart, middle);
    this.handler.pan(middle.x - gesture.middle.x, middle.y - gesture.middle.y);
    gesture.apart = apart;
    gesture.middle = middle;
  }
}

/** What a finger on a card does: nothing yet, pan, or drag after it has rested. */
function decide(press: Extract<Gesture, { type: "press" }>, at: Point, now: number): Gesture {
  if (Math.hypot(at.x - press.start.x, at.y - press.start.y) < DRAG_THRESHOLD) return press;
  return now - press.since < HOLD ? { type: "pan", last: press.start } : press.held;
}
