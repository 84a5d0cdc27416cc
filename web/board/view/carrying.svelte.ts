// A card carried by hand from one column to another. By its grip under a finger, so that the rest of it scrolls the page.
import type { Attachment } from "svelte/attachments";
import type { Id } from "../model/protocol.ts";

/** Pixels that a hand may tremble before a press becomes a drag. */
const TREMBLE = 5;

export class Carrying {
  /** The card under the hand. */
  card: Id | null = $state.raw(null);
  /** The column that it would be put in. */
  over: string | null = $state.raw(null);
  /** Whether the press that just ended was a drag: the click that follows it means nothing. */
  wasDrag = false;
  #pressed: { card: Id; x: number; y: number } | null = null;
  #moved = $state.raw({ x: 0, y: 0 });

  constructor(private readonly put: (card: Id, column: string) => void) {}

  /** The card's element goes where the hand goes. */
  readonly follow: Attachment<HTMLElement> = (element) => {
    element.style.translate = `${this.#moved.x}px ${this.#moved.y}px`;
    return () => (element.style.translate = "");
  };

  down(event: PointerEvent): void {
    this.wasDrag = false;
    const target = event.target as Element;
    const card = target.closest<HTMLElement>("[data-card]")?.dataset["card"];
    const isHeld = event.pointerType === "mouse" ? event.button === 0 && target.closest(".vote") === null : target.closest(".grip") !== null;
    if (card !== undefined && isHeld) this.#pressed = { card, x: event.clientX, y: event.clientY };
  }

  move(event: PointerEvent): void {
    if (this.#pressed === null) return;
    const moved = { x: event.clientX - this.#pressed.x, y: event.clientY - this.#pressed.y };
    if (!this.wasDrag && Math.hypot(moved.x, moved.y) < TREMBLE) return;
    if (!this.wasDrag && event.currentTarget instanceof Element) event.currentTarget.setPointerCapture(event.pointerId);
    this.wasDrag = true;
    this.card = this.#pressed.card;
    this.#moved = moved;
    this.over = columnAt(event);
  }

  up(event: PointerEvent): void {
    const [card, column] = [this.card, columnAt(event)];
    this.cancel();
    if (card !== null && column !== null) this.put(card, column);
  }

  cancel(): void {
    this.#pressed = null;
    this.card = null;
    this.over = null;
    this.#moved = { x: 0, y: 0 };
  }
}

function columnAt({ clientX, clientY }: PointerEvent): string | null {
  const found = document.elementsFromPoint(clientX, clientY).find((element) => element instanceof HTMLElement && element.dataset["column"] !== undefined);
  return (found as HTMLElement | undefined)?.dataset["column"] ?? null;
}
