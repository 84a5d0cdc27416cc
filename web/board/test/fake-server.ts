// An in-memory server of the board protocol for tests: one order, one log, each (client, n) applied once.
import { applyEdit, fromWire, type Board, type Card } from "../model/board.ts";
import { CLOSE_CODES } from "../model/generated/limits.ts";
import type { Accepted, BoardKind, ClientMessage, Edit, Id, Refusal, Role, ServerMessage, BoardState } from "../model/protocol.ts";
import { transform } from "../model/text.ts";

export interface Peer {
  person: Id;
  send(message: ServerMessage): void;
  close(code: number): void;
}

interface Connection extends Peer {
  client: Id | null;
}

export class FakeServer {
  board: Board;
  log: Accepted[] = [];
  /** Edits older than this seq are dropped: a client that asks for them gets the whole board. */
  oldest = 0;
  /** Text edits whose base is this many edits behind the head are refused as too old. */
  textHistory = Infinity;
  /** The next edits are refused with these reasons. */
  refuseNext: Refusal[] = [];
  refused: { client: Id; n: number; reason: Refusal }[] = [];
  role: Role = "participant";
  archived = false;
  /** The board is full: new connections are closed. */
  full = false;
  #connections = new Set<Connection>();
  #answered = new Map<Id, Map<number, number | Refusal>>();

  constructor(kind: BoardKind = "indicators") {
    this.board = fromWire({ id: "board", kind, title: "Essai", cards: {}, links: {} });
  }

  get head(): number {
    return this.log.length;
  }

  connect(peer: Peer): { receive(message: ClientMessage): void; leave(): void } {
    const connection: Connection = { ...peer, client: null };
    return {
      receive: (message) => this.#receive(connection, message),
      leave: () => {
        if (!this.#connections.delete(connection)) return;
        this.#sendToOthers(connection, { type: "presence", people: [], left: [connection.client ?? ""] });
      },
    };
  }

  /** Closes every socket, as a restart does. */
  restart(): void {
    for (const connection of this.#connections) {
      connection.send({ type: "closing", reason: "restart", retry_after_ms: 200 });
      connection.close(1001);
    }
    this.#connections.clear();
  }

  /** Archives the board, or opens it again. */
  archive(archived: boolean): void {
    this.archived = archived;
    for (const connection of this.#connections) connection.send({ type: "role", role: this.#role });
  }

  /** Sends everybody a message, or what a later version may send. */
  sendToAll(message: object): void {
    for (const connection of this.#connections) connection.send(message as ServerMessage);
  }

  /** Stores an edit of a kind or with a field that the client of today does not know, and shows it. */
  acceptNewer(edit: object): void {
    const seq = this.head + 1;
    const accepted: Accepted = { seq, client: "newer", n: seq, by: "newer", at: seq, edit: edit as Edit };
    this.log.push(accepted);
    this.sendToAll({ type: "edits", edits: [accepted] });
  }

  get #role(): Role {
    return this.archived ? "viewer" : this.role;
  }

  #sendToOthers(sender: Connection, message: ServerMessage): void {
    for (const connection of this.#connections) if (connection !== sender) connection.send(message);
  }

  #receive(connection: Connection, message: ClientMessage): void {
    switch (message.type) {
      case "hello":
        return this.#hello(connection, message.client, message.since);
      case "edit":
        return this.#edit(connection, message.n, message.edit);
      case "presence": {
        const { selected, field, cursor } = message;
        const person = { client: connection.client ?? "", person: connection.person, name: connection.person, selected, field, cursor };
        this.#sendToOthers(connection, { type: "presence", people: [person], left: [] });
      }
    }
  }

  #hello(connection: Connection, client: Id, since: number | null): void {
    if (this.full) return connection.close(CLOSE_CODES.full);
    connection.client = client;
    this.#connections.add(connection);
    const whole = since === null || since < this.oldest;
    connection.send({ type: "welcome", version: "1.0", head: this.head, board: whole ? toWire(this.board) : null, role: this.#role });
    if (!whole && since < this.head) connection.send({ type: "edits", edits: this.log.slice(since) });
  }

  #edit(connection: Connection, n: number, edit: Edit): void {
    const client = connection.client ?? "";
    const answered = this.#answered.get(client) ?? new Map<number, number | Refusal>();
    this.#answered.set(client, answered);
    const before = answered.get(n);
    if (before !== undefined) {
      connection.send(typeof before === "number" ? { type: "ack", n, seq: before, at: before } : { type: "refused", n, reason: "malformed" });
      return;
    }
    const stored = this.#ready(edit);
    const refusal = typeof stored === "string" ? stored : applyEdit(this.board, { by: connection.person, at: this.head + 1 }, stored, this.head + 1);
    if (refusal !== null || typeof stored === "string") {
      const reason = refusal ?? "malformed";
      answered.set(n, reason);
      this.refused.push({ client, n, reason });
      connection.send({ type: "refused", n, reason });
      return;
    }
    // The fake server's clock counts edits.
    const accepted: Accepted = { seq: this.head + 1, client, n, by: connection.person, at: this.head + 1, edit: stored };
    this.log.push(accepted);
    answered.set(n, accepted.seq);
    this.#sendToOthers(connection, { type: "edits", edits: [accepted] });
    // The protocol has two forms of acknowledgement; every third one is the long form.
    if (accepted.seq % 3 === 0) connection.send({ type: "edits", edits: [accepted] });
    else connection.send({ type: "ack", n, seq: accepted.seq, at: accepted.at });
  }

  /** The edit as it is stored: typing is transformed over the edits since its base. */
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
