// Connects the client to the views: reactive copies of its state, the notices, and announcements to screen readers.
import { choiceLabel, fieldLabel, fr, quoted, reasonText } from "../i18n/fr.ts";
import { freePosition } from "../model/map-layout.ts";
import type { Board, Card } from "../model/board.ts";
import type { Camera } from "../model/camera.ts";
import type { BoardKind, Fields, Id, Presence, Value } from "../model/protocol.ts";
import { fieldOf, schemaOf } from "../model/schemas.ts";
import type { Command } from "../sync/commands.ts";
import { BoardClient } from "../sync/client.ts";
import type { ConnectionState } from "../sync/connection.ts";
import type { Overwritten } from "../sync/conflicts.ts";
import type { Ports } from "../sync/ports.ts";
import type { Rejected } from "../sync/queue.ts";
import { abandonClient } from "./browser.ts";
import { reloadOnce } from "./reload-once.ts";
import { saveColourField, loadColourField } from "./preferences.ts";
import { toneOfFields } from "./colours.ts";
import { Announcer } from "./announcer.ts";
import { LastSeen, type Missed } from "./last-seen.ts";
import { typedText } from "./typed-text.ts";

export interface Identity {
  board: Id;
  kind: BoardKind;
  person: Id;
  client: Id;
  name: string;
  /** Path of the board's page. */
  path: string;
  /** The version of the messages that the page was written for. */
  version: string;
}

export interface Notice {
  id: Id;
  tone: "plain" | "warning";
  text: string;
  /** Text that the person typed and can copy. */
  typed?: string;
  action?: { label: string; run: () => void };
  /** A removed card; once it is restored the notice is dismissed. */
  removedCard?: Id;
  /** Takes the focus: what the person typed in has gone, and the next keys must do nothing else. */
  takesFocus?: boolean;
  /** Milliseconds until it is dismissed by itself; only for notices that may be missed. */
  expiresAfter?: number;
}

export class Session {
  board: Board | null = $state.raw(null);
  others: readonly Presence[] = $state.raw([]);
  connection: ConnectionState = $state.raw({ type: "connecting", attempt: 0, full: false });
  pendingCount = $state(0);
  mayEdit = $state(true);
  /** Whether to offer a facilitator's actions; the server checks the right. */
  isFacilitator = $state(false);
  canUndo = $state(false);
  canRedo = $state(false);
  notices: readonly Notice[] = $state.raw([]);
  rejected: readonly Rejected[] = $state.raw([]);
  /** The cards that others added or changed since this person's last visit. */
  missed: ReadonlySet<Id> = $state.raw(new Set());
  /** The field that cards are coloured by. */
  colourField = $state("");
  /** Increases when names were added, so that names are rendered again. */
  namesVersion = $state(0);
  /** Announced politely by screen readers; replaced by the next announcement. */
  announcement = $state("");
  /** The last camera of each map layout. */
  readonly cameras = new Map<string, Camera>();
  readonly client: BoardClient;
  #announcer: Announcer;
  #lastSeen: LastSeen;
  #showMissed: (cards: ReadonlySet<Id>) => void = () => undefined;
  #isScheduled = false;
  /** The card that held the focus when another person removed it. */
  #interruptedOn: Id | null = null;
  /** The notice that the board was archived or reopened. */
  #archiveNotice: Id = "";
  /** The notice that commands wait for the end of an upgrade; empty while none does. */
  #upgradeNotice: Id = "";
  /** The notice that returns text that can no longer be sent, and that text. */
  #unsentNotice: Id = "";
  #unsentText = "";

  constructor(
    readonly me: Identity,
    private readonly ports: Ports,
  ) {
    this.colourField = loadColourField(me.kind);
    this.#lastSeen = new LastSeen(ports.storage, me.board, me.person);
    this.#announcer = new Announcer(me.kind, ports.timers, (text) => (this.announcement = text));
    this.client = new BoardClient({ board: me.board, person: me.person, client: me.client, version: me.version }, ports, {
      changed: () => this.#schedule(),
      remoteEdit: (edit) => this.#announcer.add(edit),
      overwritten: (conflict) => this.#notifyOverwritten(conflict),
      undoSkipped: () => this.notify({ tone: "plain", text: fr.undoSkipped, expiresAfter: 8_000 }),
    });
  }

  get kind(): BoardKind {
    return this.me.kind;
  }

  execute(command: Command): boolean {
    const refusal = this.client.execute(command);
    if (refusal !== null) this.notify(this.rejectionNotice(command, refusal));
    return refusal === null;
  }

  /** The notice that a command was rejected, with the cards and fields concerned. */
  rejectionNotice(command: Command, reason: Rejected["reason"]): Omit<Notice, "id"> {
    return { tone: "warning", text: fr.rejected(reasonText(reason), this.#subjectsOf(command)), ...typedText(command) };
  }

  /** The titles of the cards that a command changes, as far as known, and the labels of its fields. */
  #subjectsOf(command: Command): string[] {
    const fields = "field" in command ? [command.field] : command.type === "set_fields" ? Object.keys(command.fields) : [];
    return [...this.cardTitles(command), ...fields.map((field) => fieldLabel(this.kind, field))];
  }

  /** The titles of the cards that a command changes, as far as they are known. */
  cardTitles(command: Command): string[] {
    const link = "from" in command ? command : "link" in command ? this.board?.links.get(command.link) : undefined;
    const cards = "card" in command ? [command.card] : link === undefined ? [] : [link.from, link.to];
    return cards.flatMap((id) => {
      const card = this.board?.cards.get(id) ?? this.board?.removed.get(id)?.card ?? (command.type === "add_card" ? command : undefined);
      return card === undefined ? [] : quoted(this.titleOfCard(card));
    });
  }

  setColourField(field: string): void {
    this.colourField = field;
    saveColourField(this.kind, field);
  }

  /** The tone of a card; empty when the colour field has no value. */
  toneOf({ fields }: Card): string {
    return toneOfFields(this.kind, this.colourField, fields);
  }

  setField(card: Id, field: string, value: Value | null): boolean {
    const before = this.board?.cards.get(card)?.fields[field] ?? null;
    return before === value || this.execute({ type: "set_field", card, field, value });
  }

  /** Sets several short fields in one command, leaving out unchanged ones. */
  setFields(card: Id, fields: Readonly<Record<string, Value | null>>): boolean {
    const before = this.board?.cards.get(card)?.fields ?? {};
    const changed = Object.entries(fields).filter(([name, value]) => (before[name] ?? null) !== value);
    return changed.length === 0 || this.execute({ type: "set_fields", card, fields: Object.fromEntries(changed) });
  }

  addCard(fields: Record<string, Value>, at?: { x: number; y: number }): Id {
    const card = this.ports.newId();
    // A new question starts in the state "asked".
    const first: Record<string, Value> = this.kind === "questions" ? { state: "asked" } : {};
    this.execute({ type: "add_card", card, ...(at ?? freePosition([...(this.client.shown?.cards.values() ?? [])])), fields: { ...first, ...fields } });
    return card;
  }

  removeCard(id: Id): void {
    const name = this.titleOf(id);
    if (!this.execute({ type: "remove_card", card: id })) return;
    const text = fr.removed(this.kind, name);
    const undo = { label: fr.cancel, run: () => this.restoreCard(id) };
    this.notify({ tone: "plain", text, action: undo, removedCard: id, expiresAfter: 15_000 });
    this.announcement = text;
  }

  /** Discards a card that was added with these fields and left empty; returns whether it did. */
  discardIfEmpty(id: Id, added: Fields): boolean {
    const board = this.client.shown;
    const card = board?.cards.get(id);
    if (board === null || card === undefined || !this.mayEdit) return false;
    const isWritten = JSON.stringify(card.fields) !== JSON.stringify(added) || card.comments.length + card.votes.length > 0;
    const isLinked = [...board.links.values()].some(({ from, to }) => from === id || to === id);
    const isSeen = this.others.some(({ selected }) => selected === id);
    const isTakenBack = this.client.history.canRedoOn(id);
    if (isWritten || isLinked || isSeen || isTakenBack || this.commentDraft(id) !== "") return false;
    this.client.discardCard(id);
    return true;
  }

  /** Notifies this person that another person removed the card they had open. */
  notifyRemoved(id: Id): void {
    const removed = this.board?.removed.get(id);
    const isTold = this.notices.some(({ removedCard }) => removedCard === id);
    if (removed === undefined || removed.by === this.me.person || isTold) return;
    const text = fr.removedBy(this.kind, this.titleOfCard(removed.card), this.nameOf(removed.by));
    // A notice with the focus stays: if it went, the next key would fall on the board.
    this.notify({ tone: "plain", text, removedCard: id, ...(this.#interruptedOn === id ? { takesFocus: true } : { expiresAfter: 15_000 }) });
    this.announcement = text;
  }

  restoreCard(id: Id): void {
    if (this.client.shown?.removed.get(id)?.by === this.me.person) this.execute({ type: "restore_card", card: id });
  }

  toggleVote(card: Id): void {
    const mine = this.board?.cards.get(card)?.votes.includes(this.me.person) ?? false;
    if (schemaOf(this.kind).votes && this.mayEdit) this.execute({ type: "vote", card, on: !mine });
  }

  /** Links two cards; returns the new or existing link, or null when it was refused. */
  link(from: Id, to: Id, kind = schemaOf(this.kind).links[0] ?? ""): Id | null {
    const links = [...(this.client.shown?.links ?? [])];
    const same = links.find(([, link]) => link.from === from && link.to === to && link.kind === kind);
    if (same !== undefined) return same[0];
    const link = this.ports.newId();
    return this.execute({ type: "add_link", link, from, to, kind, strength: 2, note: "" }) ? link : null;
  }

  comment(card: Id, text: string): boolean {
    return this.execute({ type: "add_comment", card, comment: this.ports.newId(), text });
  }

  /** The draft of an unsent comment, stored in this browser. */
  commentDraft(card: Id): string {
    return this.ports.storage.read(this.#commentKey(card)) ?? "";
  }

  saveCommentDraft(card: Id, text: string): void {
    if (text.trim() === "") this.ports.storage.remove(this.#commentKey(card));
    else this.ports.storage.write(this.#commentKey(card), text);
  }

  /** A person leaves a comment draft: a notice says that it is stored, or returns the text when the card is gone. */
  leaveCommentDraft(card: Id, typed: string): void {
    const isKept = this.client.shown?.cards.has(card) === true && this.commentDraft(card) === typed;
    if (hasLostAccess(this.connection)) this.notify({ tone: "warning", text: fr.unsent, typed });
    else if (isKept) this.notify({ tone: "plain", text: fr.keptComment, expiresAfter: 8_000 });
    else {
      this.saveCommentDraft(card, "");
      this.notify({ tone: "warning", text: fr.unsentComment, typed });
    }
  }

  #commentKey(card: Id): string {
    return `parcours.comment.${this.me.board}.${this.me.person}.${card}`;
  }

  /** Adds the names of earlier authors. */
  learnNames(names: readonly { id: Id; name: string }[]): void {
    this.client.presence.learnNames(names);
    this.namesVersion += 1;
  }

  /** Returns a draft that could not be written: its card was removed, the board was archived, or the text is not valid. */
  notifyLostDraft(field: string, typed: string, isThere: boolean): void {
    const why = !this.mayEdit ? fr.archivedDraft : isThere ? fr.unfitDraft : fr.lostDraft;
    const text = hasLostAccess(this.connection) ? fr.unsent : why(fieldLabel(this.kind, field));
    this.notify({ tone: "warning", text, typed, takesFocus: !isThere && this.#interruptedOn !== null });
  }

  notify(notice: Omit<Notice, "id">): Id {
    const id = this.ports.newId();
    // Notices with typed text stay until they are dismissed.
    const others = this.notices.filter(({ typed }) => typed === undefined).slice(0, -4);
    this.notices = [...this.notices.filter((one) => !others.includes(one)), { ...notice, id }];
    if (notice.expiresAfter !== undefined) this.ports.timers.after(notice.expiresAfter, () => this.dismiss(id));
    return id;
  }

  dismiss(id: Id): void {
    this.notices = this.notices.filter((notice) => notice.id !== id);
    this.client.dismiss(id);
  }

  titleOf(id: Id): string {
    const card = this.board?.cards.get(id);
    return card === undefined ? fr.untitled : this.titleOfCard(card);
  }

  titleOfCard(card: Pick<Card, "fields">): string {
    return String(card.fields[schemaOf(this.kind).title] ?? "") || fr.untitled;
  }

  nameOf(person: Id): string {
    void this.namesVersion;
    if (person === this.me.person) return this.me.name;
    return this.client.presence.nameOf(person) ?? fr.someone;
  }

  display(field: string, value: Value | null | undefined): string {
    if (value === null || value === undefined) return "";
    if (typeof value === "string") return fieldOf(this.kind, field)?.type === "choice" ? choiceLabel(field, value) : value;
    return field.endsWith("_year") ? String(value) : value.toLocaleString("fr-FR");
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    const show = (): void => this.#refresh();
    // A hidden page gets no animation frames, but must stay up to date.
    if (document.hidden) setTimeout(show);
    else requestAnimationFrame(show);
  }

  #refresh(): void {
    this.#isScheduled = false;
    const { client } = this;
    const { state } = client.connection;
    const mayCome = !hasLostAccess(state);
    if (this.board !== null && mayCome && this.mayEdit !== client.mayEdit) this.#notifyArchived(client.mayEdit);
    const interrupted = removedUnderFocus(this.board, client.shown);
    if (interrupted !== null) this.#interrupt(interrupted);
    this.board = client.shown;
    for (const { id, removedCard } of this.notices) if (removedCard !== undefined && this.board?.cards.has(removedCard) === true) this.dismiss(id);
    this.others = [...client.presence.others.values()];
    this.connection = state;
    if (state.type === "ended" && state.reason === "taken") abandonClient(this.me.client);
    if (state.type === "ended" && state.reason === "newer_edit") reloadOnce(this.me.board, this.me.version, this.ports.timers);
    this.pendingCount = client.pendingCount;
    this.#notifyUpgrade(client.waitsForUpgrade);
    this.mayEdit = client.mayEdit && mayCome;
    this.isFacilitator = client.role === "facilitator";
    if (!mayCome) this.#notifyUnsent();
    this.canUndo = client.history.canUndo;
    this.canRedo = client.history.canRedo;
    this.rejected = client.rejected;
    if (client.shown !== null && client.seq !== null) this.#lastSeen.update(client.shown, client.seq, (missed) => this.#notifyMissed(missed));
  }

  /** Another person removed the card that this person is in: the notices about it take the focus. */
  #interrupt(card: Id): void {
    this.#interruptedOn = card;
    this.ports.timers.after(0, () => {
      this.notifyRemoved(card);
      this.#interruptedOn = null;
    });
  }

  /** A person who lost access can neither send nor reload the board: their unsent text is returned in a notice. */
  #notifyUnsent(): void {
    const typed = this.client.pendingCommands.flatMap((command) => typedText(command).typed ?? []).join("\n");
    if (typed === this.#unsentText) return;
    this.dismiss(this.#unsentNotice);
    this.#unsentText = typed;
    this.#unsentNotice = this.notify({ tone: "warning", text: fr.unsent, typed });
  }

  /** As long as commands wait for the end of an upgrade, a notice says so. */
  #notifyUpgrade(waits: boolean): void {
    if (waits === (this.#upgradeNotice !== "")) return;
    if (this.#upgradeNotice !== "") this.dismiss(this.#upgradeNotice);
    this.#upgradeNotice = waits ? this.notify({ tone: "plain", text: fr.notYet }) : "";
  }

  #notifyArchived(mayEdit: boolean): void {
    this.dismiss(this.#archiveNotice);
    this.announcement = mayEdit ? fr.reopenedNow : fr.archivedNow;
    this.#archiveNotice = this.notify({ tone: "plain", text: this.announcement, ...(mayEdit ? { expiresAfter: 15_000 } : {}) });
  }

  /** Registers the handler that shows only the missed cards. */
  onShowMissed(show: (cards: ReadonlySet<Id>) => void): void {
    this.#showMissed = show;
  }

  #notifyMissed({ added, changed }: Missed): void {
    const cards = new Set([...added, ...changed]);
    this.missed = cards;
    const action = { label: fr.showMissed, run: () => this.#showMissed(cards) };
    this.notify({ tone: "plain", text: fr.missed(this.kind, added.length, changed.length), action });
  }

  #notifyOverwritten({ card, field, mine, theirs, by }: Overwritten): void {
    const [ours, other] = [this.display(field, mine), this.display(field, theirs)];
    const text = fr.overwritten(this.nameOf(by), fieldLabel(this.kind, field), other, ours);
    const action = { label: fr.restoreMine, run: () => void this.setField(card, field, mine) };
    this.notify({ tone: "warning", text, action });
    this.announcement = text;
  }
}

/** The card that holds the focus and is removed on the new board; null when there is none. */
function removedUnderFocus(before: Board | null, now: Board | null): Id | null {
  const place = document.activeElement?.closest<HTMLElement>("[data-card], [data-opened]");
  const id = place?.dataset["opened"] ?? place?.dataset["card"];
  return id !== undefined && before?.cards.has(id) === true && now?.cards.has(id) === false ? id : null;
}

/** Whether this person may no longer see the board. */
function hasLostAccess(state: ConnectionState): boolean {
  return state.type === "ended" && state.reason === "no_access";
}
