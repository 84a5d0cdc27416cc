// Dragging a card from one kanban column to another. On a touch screen only its grip drags; the rest scrolls the page.
import type { Attachment } from "svelte/attachments";
import type { Id } from "../model/protocol.ts";

/** Pixels that the pointer must move before a press becomes a drag. */
const DRAG_THRESHOLD = 5;

export class CardDrag {
  /** The dragged card. */
  card: Id | null = $state.raw(null);
  /** The column under the pointer. */
  over: string | null = $state.raw(null);
  /** Whether the last press was a drag, so that the click after it is ignored. */
  wasDrag = false;
  #start: { card: Id; x: number; y: number } | null = null;
  #offset = $state.raw({ x: 0, y: 0 });

  constructor(private readonly drop: (card: Id, column: string) => void) {}

  /** Moves the card's element with the pointer. */
  readonly follow: Attachment<HTMLElement> = (element) => {
    element.style.translate = `${this.#offset.x}px ${this.#offset.y}px`;
    return () => (element.style.translate = "");
  };

  down(event: PointerEvent): void {
    this.wasDrag = false;
    const target = event.target as Element;
    const card = target.closest<HTMLElement>("[data-card]")?.dataset["card"];
    const isHeld = event.pointerType === "mouse" ? event.button === 0 && target.closest(".vote") === null : target.closest(".grip") !== null;
    if (card !== undefined && isHeld) this.#start = { card, x: event.clientX, y: event.clientY };
  }

  move(event: PointerEvent): void {
    if (this.#start === null) return;
    const moved = { x: event.clientX - this.#start.x, y: event.clientY - this.#start.y };
    if (!this.wasDrag && Math.hypot(moved.x, moved.y) < DRAG_THRESHOLD) return;
    if (!this.wasDrag && event.currentTarget instanceof Element) event.currentTarget.setPointerCapture(event.pointerId);
    this.wasDrag = true;
    this.card = this.#start.card;
    this.#offset = moved;
    this.over = columnAt(event);
  }

  up(event: PointerEvent): void {
    const [card, column] = [this.card, columnAt(event)];
    this.cancel();
    if (card !== null && column !== null) this.drop(card, column);
  }

  cancel(): void {
    this.#start = null;
    this.card = null;
    this.over = null;
    this.#offset = { x: 0, y: 0 };
  }
}

function columnAt({ clientX, clientY }: PointerEvent): string | null {
  const found = document.elementsFromPoint(clientX, clientY).find((element) => element instanceof HTMLElement && element.dataset["column"] !== undefined);
  return (found as HTMLElement | undefined)?.dataset["column"] ?? null;
}
