// An in-memory server of the board protocol for tests: one order, one log, each (client, n) applied once.
import { applyEdit, fromWire, type Board, type Card } from "../model/board.ts";
import type { Accepted, BoardKind, ClientMessage, Edit, Id, Refusal, Role, ServerMessage, BoardState } from "../model/protocol.ts";
import { transform } from "../model/text.ts";

export interface Door {
  person: Id;
  tell(message: ServerMessage): void;
  kick(code: number): void;
}

interface Seat extends Door {
  client: Id | null;
}

export class FakeServer {
  board: Board;
  log: Accepted[] = [];
  /** Edits older than this are forgotten: a client that asks for them gets the whole board. */
  oldest = 0;
  /** Text edits based on something older are refused as too old. */
  textHistory = Infinity;
  /** The next edits are refused with these reasons. */
  refuseNext: Refusal[] = [];
  refused: { client: Id; n: number; reason: Refusal }[] = [];
  role: Role = "participant";
  archived = false;
  /** As many as may are connected. */
  full = false;
  #seats = new Set<Seat>();
  #answered = new Map<Id, Map<number, number | Refusal>>();

  constructor(kind: BoardKind = "indicators") {
    this.board = fromWire({ id: "board", kind, title: "Essai", cards: {}, links: {} });
  }

  get head(): number {
    return this.log.length;
  }

  enter(door: Door): { receive(message: ClientMessage): void; leave(): void } {
    const seat: Seat = { ...door, client: null };
    return {
      receive: (message) => this.#receive(seat, message),
      leave: () => {
        if (!this.#seats.delete(seat)) return;
        this.#tellOthers(seat, { type: "presence", people: [], left: [seat.client ?? ""] });
      },
    };
  }

  /** Closes every socket, as a restart does. */
  restart(): void {
    for (const seat of this.#seats) {
      seat.tell({ type: "closing", reason: "restart", retry_after_ms: 200 });
      seat.kick(1001);
    }
    this.#seats.clear();
  }

  /** Archives the board, or opens it again. */
  archive(archived: boolean): void {
    this.archived = archived;
    for (const seat of this.#seats) seat.tell({ type: "role", role: this.#role });
  }

  get #role(): Role {
    return this.archived ? "viewer" : this.role;
  }

  #tellOthers(than: Seat, message: ServerMessage): void {
    for (const seat of this.#seats) if (seat !== than) seat.tell(message);
  }

  #receive(seat: Seat, message: ClientMessage): void {
    switch (message.type) {
      case "hello":
        return this.#hello(seat, message.client, message.since);
      case "edit":
        return this.#edit(seat, message.n, message.edit);
      case "presence": {
        const { selected, field, cursor } = message;
        const person = { client: seat.client ?? "", person: seat.person, name: seat.person, selected, field, cursor };
        this.#tellOthers(seat, { type: "presence", people: [person], left: [] });
      }
    }
  }

  #hello(seat: Seat, client: Id, since: number | null): void {
    if (this.full) return seat.kick(4013);
    seat.client = client;
    this.#seats.add(seat);
    const whole = since === null || since < this.oldest;
    seat.tell({ type: "welcome", head: this.head, board: whole ? toWire(this.board) : null, role: this.#role });
    if (!whole && since < this.head) seat.tell({ type: "edits", edits: this.log.slice(since) });
  }

  #edit(seat: Seat, n: number, edit: Edit): void {
    const client = seat.client ?? "";
    const answered = this.#answered.get(client) ?? new Map<number, number | Refusal>();
    this.#answered.set(client, answered);
    const before = answered.get(n);
    if (before !== undefined) {
      seat.tell(typeof before === "number" ? { type: "ack", n, seq: before, at: before } : { type: "refused", n, reason: "malformed" });
      return;
    }
    const stored = this.#ready(edit);
    const refusal = typeof stored === "string" ? stored : applyEdit(this.board, { by: seat.person, at: this.head + 1 }, stored, this.head + 1);
    if (refusal !== null || typeof stored === "string") {
      const reason = refusal ?? "malformed";
      answered.set(n, reason);
      this.refused.push({ client, n, reason });
      seat.tell({ type: "refused", n, reason });
      return;
    }
    // The fake's clock counts edits.
    const accepted: Accepted = { seq: this.head + 1, client, n, by: seat.person, at: this.head + 1, edit: stored };
    this.log.push(accepted);
    answered.set(n, accepted.seq);
    this.#tellOthers(seat, { type: "edits", edits: [accepted] });
    // Both forms of acknowledgement exist; every third is the long one.
    if (accepted.seq % 3 === 0) seat.tell({ type: "edits", edits: [accepted] });
    else seat.tell({ type: "ack", n, seq: accepted.seq, at: accepted.at });
  }

  /** The edit as it is stored: typing carried over what came since its base. */
  #ready(edit: Edit): Edit | Refusal {
    const reason = this.archived ? "archived" : this.refuseNext.shift();
    if (reason !== undefined) return reason;
    if (edit.type !== "edit_text") return edit;
    if (this.head - edit.base > this.textHistory) return "too_old";
    let { ops } = edit;
    for (const { edit: other } of this.log.slice(edit.base)) {
      if (other.type !== "edit_text" || other.card !== edit.card || other.field !== edit.field) continue;
      ops = transform(ops, other.ops, "theirs_first");
    }
    return { ...edit, ops, base: this.head };
  }
}

export function toWire(board: Board): BoardState {
  return structuredClone({
    id: board.id,
    kind: board.kind,
    title: board.title,
    cards: Object.fromEntries([...board.cards].map(([id, card]) => [id, plain(card)])),
    links: Object.fromEntries(board.links),
  });
}

function plain({ touched, ...card }: Card): BoardState["cards"][string] {
  return { ...card, votes: [...card.votes], comments: [...card.comments], ...(touched === undefined ? {} : { touched }) };
}
