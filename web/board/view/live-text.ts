// Binds a <textarea> to a long text of the board: typing becomes operations, and remote operations are applied
// around the caret. During an IME composition (accents, Asian scripts) the text area is left alone.
import { diff } from "../model/diff.ts";
import type { Id, TextOp } from "../model/protocol.ts";
import { apply, compose, moveCaret, transform } from "../model/text.ts";
import { textOf } from "../model/board.ts";
import type { Session } from "./session.svelte.ts";

export class LiveText {
  /** The text on which the text area and the client last agreed. */
  #lastText: string;
  /** Remote operations since a composition began. */
  #deferred: TextOp[] = [];
  #composing = false;
  readonly #unsubscribe: () => void;

  constructor(
    private readonly area: HTMLTextAreaElement,
    private readonly session: Session,
    private readonly card: Id,
    private readonly field: string,
    private readonly onDrawn: () => void,
  ) {
    this.#lastText = textOf(session.client.shown, card, field);
    area.value = this.#lastText;
    this.#unsubscribe = session.client.onText(card, field, (ops) => this.#receive(ops));
  }

  destroy(): void {
    this.#unsubscribe();
  }

  setComposing(is: boolean): void {
    this.#composing = is;
    if (!is) this.onInput();
  }

  /** The person typed: executes the difference as a command. */
  onInput(): void {
    if (this.#composing) return;
    this.#removeNul();
    const { value, selectionStart } = this.area;
    const typed = diff(this.#lastText, value, selectionStart);
    const theirs = this.#deferred;
    this.#deferred = [];
    this.#lastText = value;
    const mine = transform(typed, theirs, "theirs_first");
    if (theirs.length > 0) this.#draw(transform(theirs, typed, "mine_first"));
    if (mine.length > 0) this.session.execute({ type: "edit_text", card: this.card, field: this.field, ops: mine });
    this.#reconcile();
  }

  /** Removes NUL characters, as in text pasted from some documents: databases cannot store them. */
  #removeNul(): void {
    const { value, selectionStart } = this.area;
    if (!value.includes("\0")) return;
    const caret = value.slice(0, selectionStart).replaceAll("\0", "").length;
    this.area.value = value.replaceAll("\0", "");
    this.area.setSelectionRange(caret, caret);
  }

  #receive(ops: TextOp[]): void {
    if (this.#composing) this.#deferred = compose(this.#deferred, ops);
    else {
      this.#draw(ops);
      // The client notifies before it applies the edit: compare once it has.
      queueMicrotask(() => this.#reconcile());
    }
  }

  #draw(ops: readonly TextOp[]): void {
    const { selectionStart, selectionEnd, selectionDirection, scrollTop } = this.area;
    const text = apply(this.#lastText, ops);
    if (text === null || ops.length === 0) return;
    this.#lastText = text;
    this.area.value = text;
    if (document.activeElement === this.area) {
      const [start, end] = [moveCaret(selectionStart, ops), moveCaret(selectionEnd, ops)];
      this.area.setSelectionRange(start, end, selectionDirection);
    }
    this.area.scrollTop = scrollTop;
    this.onDrawn();
  }

  /** If the text area ever differs from the board, takes the board's text. */
  #reconcile(): void {
    if (this.#composing) return;
    const text = textOf(this.session.client.shown, this.card, this.field);
    if (text !== this.#lastText && this.session.client.shown?.cards.has(this.card) === true) {
      this.#draw(diff(this.#lastText, text));
    }
  }
}
