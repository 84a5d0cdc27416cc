// Announces remote edits to screen readers, collected into one sentence from time to time.
import { fr } from "../i18n/fr.ts";
import type { BoardKind, Edit, Id } from "../model/protocol.ts";
import type { Timers } from "../sync/ports.ts";

/** Milliseconds between two announcements: rare enough not to interrupt the person's own work. */
const INTERVAL = 5_000;

export class Announcer {
  #added = new Set<Id>();
  #removed = new Set<Id>();
  #changed = new Set<Id>();
  #isScheduled = false;

  constructor(
    private readonly kind: BoardKind,
    private readonly timers: Timers,
    private readonly speak: (text: string) => void,
  ) {}

  add(edit: Edit): void {
    if (!("card" in edit) || edit.type === "move_card") return;
    if (edit.type === "add_card" || edit.type === "restore_card") this.#added.add(edit.card);
    else if (edit.type === "remove_card") {
      if (!this.#added.delete(edit.card)) this.#removed.add(edit.card);
    } else if (!this.#added.has(edit.card)) this.#changed.add(edit.card);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.timers.after(INTERVAL, () => this.#announce());
  }

  #announce(): void {
    this.#isScheduled = false;
    for (const card of this.#removed) this.#changed.delete(card);
    const text = fr.changesByOthers(this.kind, this.#added.size, this.#removed.size, this.#changed.size);
    for (const set of [this.#added, this.#removed, this.#changed]) set.clear();
    if (text !== "") this.speak(text);
  }
}
