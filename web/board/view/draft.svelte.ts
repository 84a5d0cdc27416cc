// The draft of a short field: the typed text, its validation, and a value that another person wrote meanwhile.
import { fr } from "../i18n/fr.ts";
import { checkValue, parseValue } from "../model/check.ts";
import type { Id, Value } from "../model/protocol.ts";
import { MAX_LINE, MAX_NUMBER, type FieldSpec } from "../model/schemas.ts";
import type { Session } from "./session.svelte.ts";

export class Draft {
  #shown = $state("");
  /** A plain copy: while the component is destroyed, reactive state returns its previous value. */
  #typed = "";
  /** Why the text is not valid, in French; empty when it is. */
  problem = $state("");
  #initial: string;
  #done = false;

  constructor(
    private readonly session: Session,
    private readonly card: Id,
    private readonly spec: FieldSpec,
    typed?: string,
  ) {
    this.#initial = this.#currentText();
    this.text = typed ?? this.#initial;
  }

  get text(): string {
    return this.#shown;
  }

  set text(text: string) {
    this.#typed = text;
    this.#shown = text;
  }

  /** The current value as it is typed: "12,5", not "12.5". */
  #currentText(): string {
    const value = this.session.client.shown?.cards.get(this.card)?.fields[this.spec.name];
    if (typeof value === "number") return String(value).replace(".", ",");
    return value ?? "";
  }

  get isChanged(): boolean {
    void this.#shown;
    return this.#typed !== this.#initial;
  }

  /** The value that another person wrote during typing; null when there is none. */
  remoteText(value: Value | null | undefined): string | null {
    const present = typeof value === "number" ? String(value).replace(".", ",") : (value ?? "");
    return !this.#done && present !== this.#initial ? this.session.display(this.spec.name, value) : null;
  }

  /** Writes the value; returns false when it is not valid, with the reason in `problem`. */
  commit(): boolean {
    if (this.#done || !this.isChanged) return this.#finish();
    const value = parseValue(this.spec, this.#typed);
    const refusal = value === undefined ? "wrong_type" : value === null ? null : checkValue(this.spec, value);
    if (value === undefined || refusal !== null) {
      this.problem = this.#problemText(refusal);
      return false;
    }
    if (this.session.client.shown?.cards.has(this.card) !== true) {
      this.leave();
      return true;
    }
    this.#finish();
    return this.session.setField(this.card, this.spec.name, value);
  }

  /** Leaves the field by Escape: writes a valid text. An invalid one is explained first, and given back at the second time. */
  escape(): boolean {
    const wasExplained = this.problem !== "";
    if (this.commit()) return true;
    if (!wasExplained || this.#done) return this.#done;
    this.giveBack(true);
    return true;
  }

  /** Returns the text to the person in a notice. */
  giveBack(isThere: boolean): void {
    this.#finish();
    this.session.notifyLostDraft(this.spec.name, this.session.display(this.spec.name, this.#typed), isThere);
  }

  /** The field is removed from the page: writes a valid text, and returns an invalid one to the person in a notice. */
  leave(): void {
    if (this.#done || !this.isChanged) return;
    const isThere = this.session.client.shown?.cards.has(this.card) === true;
    if (isThere && this.session.mayEdit && this.commit()) return;
    this.giveBack(isThere);
  }

  /** Starts again from the current value. */
  restart(): void {
    this.#initial = this.#currentText();
    this.text = this.#initial;
    this.problem = "";
    this.#done = false;
  }

  #finish(): true {
    this.#done = true;
    this.problem = "";
    return true;
  }

  #problemText(refusal: string | null): string {
    if (refusal === "too_long") return fr.tooLong(MAX_LINE);
    if (refusal === "out_of_range") return fr.outOfRange(this.spec.min ?? -MAX_NUMBER, this.spec.max ?? MAX_NUMBER);
    return this.spec.type === "integer" ? fr.notAnInteger : fr.notANumber;
  }
}
