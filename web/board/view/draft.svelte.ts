// A short field being typed in: its text, whether it can be a value, and what another wrote there meanwhile.
import { fr } from "../i18n/fr.ts";
import { checkValue, parseValue } from "../model/check.ts";
import type { Id, Value } from "../model/protocol.ts";
import { MAX_LINE, MAX_NUMBER, type FieldSpec } from "../model/schemas.ts";
import type { Session } from "./session.svelte.ts";

export class Draft {
  #shown = $state("");
  /** The same, also while the field is being taken away: what is reactive tells then what it was before. */
  #typed = "";
  /** Why the text cannot stand, in French; empty when it can. */
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

  /** The value as one types it: "12,5", not "12.5". */
  #currentText(): string {
    const value = this.session.client.shown?.cards.get(this.card)?.fields[this.spec.name];
    if (typeof value === "number") return String(value).replace(".", ",");
    return value ?? "";
  }

  get isChanged(): boolean {
    void this.#shown;
    return this.#typed !== this.#initial;
  }

  /** What another wrote here while this was being typed; null when nothing. */
  remoteText(value: Value | null | undefined): string | null {
    const present = typeof value === "number" ? String(value).replace(".", ",") : (value ?? "");
    return !this.#done && present !== this.#initial ? this.session.display(this.spec.name, value) : null;
  }

  /** Writes it; false when it cannot stand, with the reason in `problem`. */
  commit(): boolean {
    if (this.#done || !this.isChanged) return this.#finish();
    const value = parseValue(this.spec, this.#typed);
    const refusal = value === undefined ? "wrong_type" : value === null ? null : checkValue(this.spec, value);
    if (value === undefined || refusal !== null) {
      this.problem = this.#problemText(refusal);
      return false;
    }
    this.#finish();
    return this.session.setField(this.card, this.spec.name, value);
  }

  cancel(): void {
    this.#finish();
  }

  /** The field goes away: what can stand is kept, what cannot is given back. */
  leave(): void {
    if (this.#done || !this.isChanged) return;
    const isThere = this.session.client.shown?.cards.has(this.card) === true;
    if (isThere && this.session.mayEdit && this.commit()) return;
    this.#finish();
    this.session.notifyLostDraft(this.spec.name, this.session.display(this.spec.name, this.#typed), isThere);
  }

  /** Starts afresh from the present value. */
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
