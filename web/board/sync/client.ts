// The live board as one tab sees it: what the server confirmed, plus this tab's unanswered acts, is what is shown.
// Sends acts in order, carries typing over what others type, and never drops an act without telling its author.
import { applyEdit, fork, fromWire, textOf, type Board } from "../model/board.ts";
import { diff } from "../model/diff.ts";
import type { Accepted, Edit, Id, Refusal, Role, ServerMessage, Signature, TextOp } from "../model/protocol.ts";
import { isLongText } from "../model/schemas.ts";
import { apply } from "../model/text.ts";
import { toEdit, type Act } from "./acts.ts";
import { Connection } from "./connection.ts";
import { Conflicts, type Overwritten } from "./conflicts.ts";
import { History, type FieldPlace } from "./history.ts";
import { People } from "./people.ts";
import type { Ports } from "./ports.ts";
import { isText, Queue, type Pending } from "./queue.ts";
import { Sender } from "./sender.ts";

/** UTF-16 units of one act as JSON; keeps its frame below the server's 64 KiB. */
const MAX_ACT = 30_000;

export interface ClientEvents {
  /** Something shown changed: the board, the people, the state of the connection. */
  changed(): void;
  /** Another person's edit came in. */
  news(edit: Edit, by: Id): void;
  overwritten(conflict: Overwritten): void;
  /** An undo or redo passed over this many steps because others had changed things since. */
  passedOver(steps: number): void;
}

export interface Identity {
  board: Id;
  person: Id;
  client: Id;
}

type TextListener = (ops: TextOp[]) => void;

export class BoardClient {
  readonly connection: Connection;
  readonly people: People;
  readonly history: History;
  /** What this person is here, as the server last said it. */
  role: Role = "viewer";
  /** What to show; a new object at every change. Null until the first welcome. */
  shown: Board | null = null;
  #confirmed: Board | null = null;
  #seq: number | null = null;
  /** Set when this client lost step in a way that only the whole board can mend. */
  #readAnew = false;
  readonly #queue: Queue;
  readonly #sender: Sender;
  readonly #conflicts: Conflicts;
  readonly #texts = new Map<string, Set<TextListener>>();

  constructor(
    private readonly identity: Identity,
    private readonly ports: Ports,
    private readonly events: ClientEvents,
  ) {
    this.#queue = new Queue(ports.storage, storageKey(identity));
    this.history = new History(identity.person, ports.newId);
    this.#conflicts = new Conflicts(identity.person, ports.timers);
    this.connection = new Connection(ports, {
      hello: () => {
        this.#sender.pause();
        return { type: "hello", client: identity.client, since: this.#readAnew ? null : this.#seq };
      },
      received: (message) => this.#receive(message),
      changed: () => events.changed(),
    });
    this.people = new People(identity.client, ports.timers, (message) => this.connection.send(message));
    this.#sender = new Sender(this.#queue, this.connection, ports.timers, () => this.#save());
  }

  get mayEdit(): boolean {
    return this.role !== "viewer";
  }

  get waiting(): number {
    return this.#queue.pending.length;
  }

  /** The acts that the server has not answered. */
  get unanswered(): readonly Act[] {
    return this.#queue.pending.map(({ act }) => act);
  }

  get returned(): Queue["returned"] {
    return this.#queue.returned;
  }

  /** The seq up to which this client has applied everything. */
  get seq(): number | null {
    return this.#seq;
  }

  /** Does an act of this person: shows it at once, keeps it until the server has answered. */
  do(act: Act): Refusal | "too_large" | null {
    const board = this.shown;
    if (board === null) return "not_allowed";
    if (!this.mayEdit) return "archived";
    if (JSON.stringify(act).length > MAX_ACT) return "too_large";
    const refusal = applyEdit(fork(board), this.#signed(), toEdit(act, 0), 0);
    if (refusal !== null) return refusal;
    this.history.record(board, act, this.ports.timers.now());
    this.#submit(act);
    return null;
  }

  /** Takes away a card of this person's that nobody wrote in, as though it had never been added. */
  withdraw(card: Id): void {
    this.history.forget(card);
    this.#submit({ type: "remove_card", card });
  }

  undo(only?: FieldPlace): void {
    this.#retrace("undo", only);
  }

  redo(only?: FieldPlace): void {
    this.#retrace("redo", only);
  }

  /** A refused act's author has seen it. */
  dismiss(id: Id): void {
    this.#queue.returned = this.#queue.returned.filter((returned) => returned.id !== id);
    this.#save();
    this.events.changed();
  }

  /** Hears of every change to a long text that its reader did not type: `ops` against the text as shown. */
  onText(card: Id, field: string, listener: TextListener): () => void {
    const key = `${card} ${field}`;
    const listeners = this.#texts.get(key) ?? new Set();
    this.#texts.set(key, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  #retrace(direction: "undo" | "redo", only?: FieldPlace): void {
    if (this.shown === null || !this.mayEdit) return;
    const { act, passed } = this.history[direction](this.shown, this.ports.timers.now(), only);
    if (passed > 0) this.events.passedOver(passed);
    if (act === null) this.events.changed();
    else {
      this.#submit(act);
      if (act.type === "edit_text") this.#tellText(act.card, act.field, act.ops);
    }
  }

  #submit(act: Act): void {
    this.#queue.add(act);
    this.#refresh();
    this.#save();
    this.#sender.pump(this.#seq ?? 0);
    this.events.changed();
  }

  #save(): void {
    this.#queue.save(this.#confirmed, this.#seq);
  }

  #receive(message: ServerMessage): void {
    switch (message.type) {
      case "welcome":
        this.#welcomed(message);
        break;
      case "role":
        this.role = message.role;
        break;
      case "edits":
        for (const accepted of message.edits) if (!this.#accept(accepted)) break;
        break;
      case "ack":
        this.#acknowledged(message);
        break;
      case "refused":
        this.#refused(message.n, message.reason);
        break;
      case "presence":
        if (this.people.receive(message.people, message.left)) this.events.changed();
        return;
      case "closing":
        return;
    }
    this.#settle();
  }

  /** After each frame from the server: show, keep, send on. */
  #settle(): void {
    this.#refresh();
    this.#save();
    if (this.#seq !== null) this.#sender.caughtUp(this.#seq);
    this.events.changed();
  }

  #welcomed(message: Extract<ServerMessage, { type: "welcome" }>): void {
    this.role = message.role;
    this.people.restart();
    if (message.board !== null) {
      const board = fromWire(message.board);
      const before = this.#confirmed === null || this.#seq === null ? null : { board: this.#confirmed, seq: this.#seq };
      this.#queue.adopt(before, board, (card, field, ops) => this.#moved(card, field, ops));
      this.#confirmed = board;
      this.#seq = message.head;
      this.#readAnew = false;
    }
    this.#sender.welcomed(message.head);
  }

  /** Returns false when the client is no longer in step with the server and comes back anew. */
  #accept(accepted: Accepted): boolean {
    const own = accepted.client === this.identity.client ? this.#queue.find(accepted.n) : undefined;
    if (this.#seq === null || accepted.seq > this.#seq + 1) return this.#outOfStep();
    if (accepted.seq <= this.#seq) {
      if (own !== undefined) this.#alreadyKnown(own);
      return true;
    }
    if (own !== undefined) return this.#confirmOwn(own, accepted.edit, accepted);
    this.#followTyping(accepted.edit);
    if (!this.#apply(accepted, accepted.edit, accepted.seq)) return false;
    if (accepted.by !== this.identity.person) {
      this.history.touched(accepted.edit);
      for (const conflict of this.#conflicts.theirs(accepted.edit, accepted.by)) this.events.overwritten(conflict);
      this.events.news(accepted.edit, accepted.by);
    }
    return true;
  }

  #acknowledged({ n, seq, at }: Extract<ServerMessage, { type: "ack" }>): void {
    const own = this.#queue.find(n);
    if (own === undefined) {
      // Answered before; but a number beyond the next one still tells of missed edits.
      if (this.#seq !== null && seq > this.#seq) this.#outOfStep();
      return;
    }
    if (this.#seq === null) return;
    if (seq <= this.#seq) this.#alreadyKnown(own);
    // What is shown of it is a guess; the edit as the server stored it comes with `since`.
    else if (seq > this.#seq + 1 || own.origin !== null) this.#outOfStep();
    else this.#confirmOwn(own, toEdit(own.act, seq - 1), { seq, at });
  }

  #confirmOwn(own: Pending, edit: Edit, { seq, at }: { seq: number; at: number }): boolean {
    const { act, n } = own;
    this.#retryBefore(n ?? 0);
    if (act.type === "edit_text" && edit.type === "edit_text") this.#mend(act, edit.ops);
    this.#queue.remove(own);
    this.#conflicts.mine(act);
    return this.#apply({ by: this.identity.person, at }, edit, seq);
  }

  /** Should the server have merged typing otherwise than this client, its word counts. */
  #mend(act: Extract<Act, { type: "edit_text" }>, stored: readonly TextOp[]): void {
    const text = textOf(this.#confirmed, act.card, act.field);
    const guessed = apply(text, act.ops);
    const actual = apply(text, stored);
    if (guessed === null || actual === null || guessed === actual) return;
    const entry = this.#queue.pending.find((pending) => pending.act === act);
    if (entry === undefined) return;
    entry.act = { ...act, ops: [] };
    const ops = this.#queue.rebase(act.card, act.field, diff(guessed, actual));
    this.#moved(act.card, act.field, ops);
  }

  /** An own act that the present board already contains. */
  #alreadyKnown(own: Pending): void {
    if (isText(own)) this.#withdrawText(own);
    else this.#queue.remove(own);
  }

  #withdrawText(own: Parameters<Queue["withdraw"]>[0]): void {
    const { card, field } = own.act;
    const ops = this.#queue.withdraw(own, textOf(this.#confirmed, card, field));
    this.#moved(card, field, ops);
  }

  /** Everything of ours before `n` that has no answer was refused; its reason is asked for under a new number. */
  #retryBefore(n: number): void {
    for (const entry of this.#queue.sent()) {
      if ((entry.n ?? 0) < n && !entry.doubtful) this.#sender.again(entry);
    }
  }

  #refused(n: number, reason: Refusal): void {
    const own = this.#queue.find(n);
    if (own === undefined || this.#sender.retries(own, reason)) return;
    if (isText(own)) this.#withdrawText(own);
    else this.#queue.remove(own);
    this.#queue.returned = [...this.#queue.returned, { id: this.ports.newId(), act: own.act, reason }];
  }

  /** Carries pending typing over another's edit of the same long text. */
  #followTyping(edit: Edit): void {
    const board = this.#confirmed;
    if (board === null) return;
    const ops = asTyping(board, edit);
    if (ops === null || !("field" in edit)) return;
    this.#moved(edit.card, edit.field, this.#queue.rebase(edit.card, edit.field, ops));
  }

  #moved(card: Id, field: string, ops: TextOp[]): void {
    this.history.carry(card, field, ops);
    this.#tellText(card, field, ops);
  }

  #tellText(card: Id, field: string, ops: TextOp[]): void {
    for (const listener of this.#texts.get(`${card} ${field}`) ?? []) listener(ops);
  }

  #apply({ by, at }: Signature, edit: Edit, seq: number): boolean {
    if (this.#confirmed === null) return false;
    if (applyEdit(this.#confirmed, { by, at }, edit, seq) === null) {
      this.#seq = seq;
      return true;
    }
    // The server knows something this client does not, such as a card removed before it came: read all anew.
    this.#readAnew = true;
    this.connection.reconnect();
    return false;
  }

  /** Until the server has answered, an act counts as done now. */
  #signed(): Signature {
    return { by: this.identity.person, at: this.ports.timers.now() };
  }

  #outOfStep(): false {
    this.connection.reconnect();
    return false;
  }

  #refresh(): void {
    if (this.#confirmed === null) return;
    const board = fork(this.#confirmed);
    const next = (this.#seq ?? 0) + 1;
    const signed = this.#signed();
    for (const [index, { act }] of this.#queue.pending.entries()) {
      applyEdit(board, signed, toEdit(act, 0), next + index);
    }
    this.shown = board;
  }
}

/** An edit of a long text as typing over it; null when it is none. */
function asTyping(board: Board, edit: Edit): TextOp[] | null {
  if (edit.type === "edit_text") return edit.ops;
  if (edit.type !== "set_field" || !isLongText(board.kind, edit.field)) return null;
  const old = textOf(board, edit.card, edit.field);
  const text = typeof edit.value === "string" ? edit.value : "";
  return old === "" ? [text] : [text, -old.length];
}

export function storageKey({ board, person, client }: Identity): string {
  return `parcours.board.${board}.${person}.${client}`;
}

