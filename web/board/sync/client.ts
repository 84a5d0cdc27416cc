// The live board in one tab. The board shown is the confirmed board with this tab's pending commands applied on top.
// Sends commands in order, rebases typing over remote edits, and reports every command that is dropped to its author.
import { applyEdit, fork, fromWire, isKnownEdit, textOf, type Board } from "../model/board.ts";
import { MAX_MESSAGE_BYTES } from "../model/generated/limits.ts";
import { diff } from "../model/diff.ts";
import type { Accepted, Edit, Id, Refusal, Role, ServerMessage, Signature, TextOp } from "../model/protocol.ts";
import { isLongText } from "../model/schemas.ts";
import { apply } from "../model/text.ts";
import { toEdit, type Command } from "./commands.ts";
import { Connection } from "./connection.ts";
import { Conflicts, type Overwritten } from "./conflicts.ts";
import { History, type FieldRef } from "./history.ts";
import { PresenceChannel } from "./presence.ts";
import type { Ports } from "./ports.ts";
import { isTyping, Queue, type Pending } from "./queue.ts";
import { Sender } from "./sender.ts";

/** UTF-16 units of one command as JSON: two bytes for each, as accented letters take, and the frame around it. */
const MAX_COMMAND = MAX_MESSAGE_BYTES / 2 - 2_000;

export interface ClientEvents {
  /** Something to display changed: the board, the presence of others, the state of the connection. */
  changed(): void;
  /** An edit of another person was applied. */
  remoteEdit(edit: Edit, by: Id): void;
  overwritten(conflict: Overwritten): void;
  /** An undo or redo skipped this many steps because others had changed the same things since. */
  undoSkipped(steps: number): void;
}

export interface Identity {
  board: Id;
  person: Id;
  client: Id;
  /** The version `major.minor` of the messages that this page was written for. */
  version: string;
}

type TextListener = (ops: TextOp[]) => void;

export class BoardClient {
  readonly connection: Connection;
  readonly presence: PresenceChannel;
  readonly history: History;
  /** This person's role on the board, as last sent by the server. */
  role: Role = "viewer";
  /** The board to display; a new object at every change. Null until the first welcome. */
  shown: Board | null = null;
  #confirmed: Board | null = null;
  #seq: number | null = null;
  /** Set when the confirmed board no longer matches the server's, so that the next hello asks for the whole board. */
  #needsFullBoard = false;
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
        const since = this.#needsFullBoard ? null : this.#seq;
        return { type: "hello", client: identity.client, since, version: identity.version };
      },
      received: (message) => this.#receive(message),
      changed: () => events.changed(),
    });
    this.presence = new PresenceChannel(identity.client, ports.timers, (message) => this.connection.send(message));
    this.#sender = new Sender(this.#queue, this.connection, ports.timers, () => this.#save());
  }

  get mayEdit(): boolean {
    return this.role !== "viewer";
  }

  get pendingCount(): number {
    return this.#queue.pending.length;
  }

  /** Whether a command waits because a server that is being upgraded cannot store it yet. */
  get waitsForUpgrade(): boolean {
    return this.#queue.pending.some(({ notBefore }) => notBefore !== undefined);
  }

  /** The commands that the server has not answered. */
  get pendingCommands(): readonly Command[] {
    return this.#queue.pending.map(({ command }) => command);
  }

  get rejected(): Queue["rejected"] {
    return this.#queue.rejected;
  }

  /** The number of the last edit that this client has applied. */
  get seq(): number | null {
    return this.#seq;
  }

  /** Executes a command of this person: displays it at once and keeps it until the server has answered. */
  execute(command: Command): Refusal | "too_large" | null {
    const board = this.shown;
    if (board === null) return "not_allowed";
    if (!this.mayEdit) return "archived";
    if (JSON.stringify(command).length > MAX_COMMAND) return "too_large";
    const refusal = applyEdit(fork(board), this.#signature(), toEdit(command, 0), 0);
    if (refusal !== null) return refusal;
    this.history.record(board, command, this.ports.timers.now());
    this.#submit(command);
    return null;
  }

  /** Removes a card that this person added and left empty, and its steps in the history. */
  discardCard(card: Id): void {
    this.history.removeSteps(card);
    this.#submit({ type: "remove_card", card });
  }

  undo(only?: FieldRef): void {
    this.#undoOrRedo("undo", only);
  }

  redo(only?: FieldRef): void {
    this.#undoOrRedo("redo", only);
  }

  /** Forgets a rejected command once its author has seen the notice. */
  dismiss(id: Id): void {
    this.#queue.rejected = this.#queue.rejected.filter((rejected) => rejected.id !== id);
    this.#save();
    this.events.changed();
  }

  /** Calls `listener` at every change to a long text that was not typed in this tab; `ops` apply to the displayed text. */
  onText(card: Id, field: string, listener: TextListener): () => void {
    const key = `${card} ${field}`;
    const listeners = this.#texts.get(key) ?? new Set();
    this.#texts.set(key, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  #undoOrRedo(direction: "undo" | "redo", only?: FieldRef): void {
    if (this.shown === null || !this.mayEdit) return;
    const { command, skipped } = this.history[direction](this.shown, this.ports.timers.now(), only);
    if (skipped > 0) this.events.undoSkipped(skipped);
    if (command === null) this.events.changed();
    else {
      this.#submit(command);
      if (command.type === "edit_text") this.#notifyText(command.card, command.field, command.ops);
    }
  }

  #submit(command: Command): void {
    this.#queue.add(command);
    this.#applyPending();
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
        this.#onWelcome(message);
        break;
      case "role":
        this.role = message.role;
        break;
      case "edits":
        for (const accepted of message.edits) if (!this.#accept(accepted)) break;
        break;
      case "ack":
        this.#onAck(message);
        break;
      case "refused":
        this.#onRefused(message.n, message.reason);
        break;
      case "presence":
        if (this.presence.receive(message.people, message.left)) this.events.changed();
        return;
      default:
        // `closing` is for the connection. Other messages are of a later minor version, and made to be ignored.
        return;
    }
    this.#afterMessage();
  }

  /** After each frame from the server: display, save, send more. */
  #afterMessage(): void {
    this.#applyPending();
    this.#save();
    if (this.#seq !== null) this.#sender.caughtUp(this.#seq);
    this.events.changed();
  }

  #onWelcome(message: Extract<ServerMessage, { type: "welcome" }>): void {
    this.role = message.role;
    this.presence.reset();
    if (message.board !== null) {
      const board = fromWire(message.board);
      const before = this.#confirmed === null || this.#seq === null ? null : { board: this.#confirmed, seq: this.#seq };
      this.#queue.rebaseOnBoard(before, board, (card, field, ops) => this.#textChanged(card, field, ops));
      this.#confirmed = board;
      this.#seq = message.head;
      this.#needsFullBoard = false;
    }
    this.#sender.welcomed(message.head);
  }

  /** Returns false when an edit is missing or cannot be applied; the client then reconnects, or stops. */
  #accept(accepted: Accepted): boolean {
    const own = accepted.client === this.identity.client ? this.#queue.find(accepted.n) : undefined;
    if (this.#seq === null || accepted.seq > this.#seq + 1) return this.#resync();
    if (accepted.seq <= this.#seq) {
      if (own !== undefined) this.#dropApplied(own);
      return true;
    }
    if (!isKnownEdit(accepted.edit)) return this.#stop();
    if (own !== undefined) return this.#confirmOwn(own, accepted.edit, accepted);
    this.#rebaseTyping(accepted.edit);
    if (!this.#apply(accepted, accepted.edit, accepted.seq)) return false;
    if (accepted.by !== this.identity.person) {
      this.history.markOvertaken(accepted.edit);
      for (const conflict of this.#conflicts.detect(accepted.edit, accepted.by)) this.events.overwritten(conflict);
      this.events.remoteEdit(accepted.edit, accepted.by);
    }
    return true;
  }

  #onAck({ n, seq, at }: Extract<ServerMessage, { type: "ack" }>): void {
    const own = this.#queue.find(n);
    if (own === undefined) {
      // Already answered, but a seq beyond ours means that edits were missed.
      if (this.#seq !== null && seq > this.#seq) this.#resync();
      return;
    }
    if (this.#seq === null) return;
    if (seq <= this.#seq) this.#dropApplied(own);
    // The displayed text is a guess; reconnecting with `since` brings the edit as the server stored it.
    else if (seq > this.#seq + 1 || own.origin !== null) this.#resync();
    else this.#confirmOwn(own, toEdit(own.command, seq - 1), { seq, at });
  }

  #confirmOwn(own: Pending, edit: Edit, { seq, at }: { seq: number; at: number }): boolean {
    const { command, n } = own;
    this.#requeueBefore(n ?? 0);
    if (command.type === "edit_text" && edit.type === "edit_text") this.#correctTyping(command, edit.ops);
    this.#queue.remove(own);
    this.#conflicts.record(command);
    return this.#apply({ by: this.identity.person, at }, edit, seq);
  }

  /** When the server merged typing otherwise than this client did, takes the server's result. */
  #correctTyping(command: Extract<Command, { type: "edit_text" }>, stored: readonly TextOp[]): void {
    const text = textOf(this.#confirmed, command.card, command.field);
    const guessed = apply(text, command.ops);
    const actual = apply(text, stored);
    if (guessed === null || actual === null || guessed === actual) return;
    const entry = this.#queue.pending.find((pending) => pending.command === command);
    if (entry === undefined) return;
    entry.command = { ...command, ops: [] };
    const ops = this.#queue.rebase(command.card, command.field, diff(guessed, actual));
    this.#textChanged(command.card, command.field, ops);
  }

  /** Drops an own command that the confirmed board already contains. */
  #dropApplied(own: Pending): void {
    if (isTyping(own)) this.#dropTyping(own);
    else this.#queue.remove(own);
  }

  #dropTyping(own: Parameters<Queue["removeTyping"]>[0]): void {
    const { card, field } = own.command;
    const ops = this.#queue.removeTyping(own, textOf(this.#confirmed, card, field));
    this.#textChanged(card, field, ops);
  }

  /** Own commands numbered below `n` without an answer were refused; sending them under a new number gives the reason. */
  #requeueBefore(n: number): void {
    for (const entry of this.#queue.sent()) {
      if ((entry.n ?? 0) < n && !entry.maybeApplied) this.#sender.requeue(entry);
    }
  }

  #onRefused(n: number, reason: Refusal): void {
    const own = this.#queue.find(n);
    if (own === undefined || this.#sender.shouldRetry(own, reason)) return;
    if (isTyping(own)) this.#dropTyping(own);
    else this.#queue.remove(own);
    this.#queue.rejected = [...this.#queue.rejected, { id: this.ports.newId(), command: own.command, reason }];
  }

  /** Rebases pending typing over a remote edit of the same long text. */
  #rebaseTyping(edit: Edit): void {
    const board = this.#confirmed;
    if (board === null) return;
    const ops = asTyping(board, edit);
    if (ops === null || !("field" in edit)) return;
    this.#textChanged(edit.card, edit.field, this.#queue.rebase(edit.card, edit.field, ops));
  }

  #textChanged(card: Id, field: string, ops: TextOp[]): void {
    this.history.rebase(card, field, ops);
    this.#notifyText(card, field, ops);
  }

  #notifyText(card: Id, field: string, ops: TextOp[]): void {
    for (const listener of this.#texts.get(`${card} ${field}`) ?? []) listener(ops);
  }

  #apply({ by, at }: Signature, edit: Edit, seq: number): boolean {
    if (this.#confirmed === null) return false;
    const refusal = applyEdit(this.#confirmed, { by, at }, edit, seq);
    if (refusal === null) {
      this.#seq = seq;
      return true;
    }
    // The server stored it, so it knows a field that this page does not.
    if (refusal === "unknown_field") return this.#stop();
    // The server knows something that this client does not, such as a card removed before it joined: load the whole board.
    this.#needsFullBoard = true;
    this.connection.reconnect();
    return false;
  }

  /** A pending command is shown as done at the current time. */
  #signature(): Signature {
    return { by: this.identity.person, at: this.ports.timers.now() };
  }

  /** An edit of a later version cannot be ignored: nothing is applied after it. The queue is kept for the reloaded page. */
  #stop(): false {
    this.connection.end("newer_edit");
    return false;
  }

  #resync(): false {
    this.connection.reconnect();
    return false;
  }

  #applyPending(): void {
    if (this.#confirmed === null) return;
    const board = fork(this.#confirmed);
    const next = (this.#seq ?? 0) + 1;
    const signed = this.#signature();
    for (const [index, { command }] of this.#queue.pending.entries()) {
      applyEdit(board, signed, toEdit(command, 0), next + index);
    }
    this.shown = board;
  }
}

/** An edit of a long text as text operations; null for any other edit. */
function asTyping(board: Board, edit: Edit): TextOp[] | null {
  if (edit.type === "edit_text") return edit.ops;
  if (edit.type !== "set_field" || !isLongText(board.kind, edit.field)) return null;
  const old = textOf(board, edit.card, edit.field);
  const text = typeof edit.value === "string" ? edit.value : "";
  return old === "" ? [text] : [text, -old.length];
}

export function storageKey({ board, person, client }: Omit<Identity, "version">): string {
  return `parcours.queue.${board}.${person}.${client}`;
}

