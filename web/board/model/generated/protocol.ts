// Made from the Rust sources by `cargo test generated`. Do not edit.

/** A UUID. */
export type BoardId = string;

/** A UUID. */
export type CardId = string;

/** A UUID. */
export type LinkId = string;

/** A UUID. */
export type CommentId = string;

/** A UUID. */
export type ClientId = string;

/** A UUID. */
export type PersonId = string;

/** The kinds of boards. */
export type BoardKind = "indicators" | "stakeholders" | "questions" | "cards";

/** A finite number with at most four decimals, so that writing it as JSON and reading it back, by any
 * reader, gives the same number: a board replayed from its edits is then the same board. */
export type Decimal = number;

/** What stands in a field. */
export type Value = Decimal | string;

/** One piece of a text edit. In JSON a positive integer keeps that many UTF-16 units, a negative one deletes
 * them, a string is inserted. */
export type TextOp = string | number;

/** A change to what a card says. */
export type Touch = {
/** Its seq. */
seq: number,
/** Who. */
by: PersonId,
/** When, milliseconds since 1970. */
at: number, };

/** What somebody says about a card. */
export type Comment = {
/** Its identifier. */
id: CommentId,
/** Who. */
by: PersonId,
/** When, milliseconds since 1970. */
at: number,
/** What. */
text: string, };

/** One item on a board. */
export type Card = {
/** Where it lies. */
x: Decimal,
/** Where it lies. */
y: Decimal,
/** What is set of the kind's fields. */
fields: { [key in string]: Value },
/** Who added it. */
by: PersonId,
/** When it was added, milliseconds since 1970. */
at: number,
/** The seq that created it: the order of the table view. */
rank: number,
/** The last change to what it says; absent while it says what it said when it was added. */
touched?: Touch,
/** Who voted for it. */
votes?: Array<PersonId>,
/** Oldest first. */
comments?: Array<Comment>, };

/** What one card does to another. */
export type Link = {
/** The card that acts. */
from: CardId,
/** The card acted upon. */
to: CardId,
/** One of the board kind's. */
kind: string,
/** 1 to 3. */
strength: number,
/** A line. */
note: string,
/** Who added it. */
by: PersonId, };

/** What clients are shown of a board. */
export type BoardState = {
/** Its identifier. */
id: BoardId,
/** What its cards are. */
kind: BoardKind,
/** Its title. */
title: string,
/** By id. */
cards: { [key in CardId]: Card },
/** By id. */
links: { [key in LinkId]: Link }, };

/** One act on a board. */
export type Edit = { "type": "add_card",
/** Named by whoever adds it. */
card: CardId,
/** Where it lies. */
x: Decimal,
/** Where it lies. */
y: Decimal,
/** What it says at once. */
fields: { [key in string]: Value }, } | { "type": "set_field",
/** Which card. */
card: CardId,
/** Which field. */
field: string,
/** What stands there now. */
value: Value | null, } | { "type": "set_fields",
/** Which card. */
card: CardId,
/** What stands in each now; at least one. */
fields: { [key in string]: Value | null }, } | { "type": "edit_text",
/** Which card. */
card: CardId,
/** Which long text. */
field: string,
/** The seq whose text the ops fit. */
base: number,
/** What is kept, deleted, inserted; the rest is kept. */
ops: Array<TextOp>, } | { "type": "move_card",
/** Which card. */
card: CardId,
/** Where it lies now. */
x: Decimal,
/** Where it lies now. */
y: Decimal, } | { "type": "remove_card",
/** Which card. */
card: CardId, } | { "type": "restore_card",
/** Which card. */
card: CardId, } | { "type": "add_link",
/** Named by whoever adds it. */
link: LinkId,
/** The card that acts. */
from: CardId,
/** The card acted upon; another one. */
to: CardId,
/** One of the kind's. */
kind: string,
/** 1 to 3. */
strength: number,
/** A line. */
note: string, } | { "type": "set_link",
/** Which link. */
link: LinkId,
/** One of the kind's. */
kind: string,
/** 1 to 3. */
strength: number,
/** A line. */
note: string, } | { "type": "remove_link",
/** Which link. */
link: LinkId, } | { "type": "vote",
/** Which card. */
card: CardId,
/** For it, or no longer. */
on: boolean, } | { "type": "add_comment",
/** Which card. */
card: CardId,
/** Named by whoever adds it. */
comment: CommentId,
/** What; not blank. */
text: string, } | { "type": "remove_comment",
/** Which card. */
card: CardId,
/** Which comment. */
comment: CommentId, };

/** Why an edit was not applied. */
export type Refusal = "not_allowed" | "archived" | "no_such_card" | "no_such_link" | "no_such_comment" | "exists_already" | "unknown_field" | "wrong_type" | "too_long" | "out_of_range" | "unknown_choice" | "links_not_here" | "link_to_itself" | "too_many_cards" | "too_many_comments" | "too_old" | "bad_text" | "too_fast" | "not_yet" | "malformed" | "not_stored";

/** A place on the map. */
export type Cursor = {
/** To the right. */
x: Decimal,
/** Downwards. */
y: Decimal, };

/** A card that is being dragged. */
export type Drag = {
/** Which card. */
card: CardId,
/** Where it is now. */
x: Decimal,
/** Where it is now. */
y: Decimal, };

/** What somebody has selected, types in and points at. */
export type PresenceState = {
/** The card that is selected. */
selected: CardId | null,
/** The field that is being edited. */
field: string | null,
/** Where the pointer is on the map. */
cursor: Cursor | null,
/** The card that is being dragged, before it is dropped. */
drag?: Drag, };

/** Somebody who is on the board now. */
export type Presence = {
/** Their tab. */
client: ClientId,
/** Who. */
person: PersonId,
/** Their name as others see it. */
name: string,
/** The card that is selected. */
selected: CardId | null,
/** The field that is being edited. */
field: string | null,
/** Where the pointer is on the map. */
cursor: Cursor | null,
/** The card that is being dragged, before it is dropped. */
drag?: Drag, };

/** An edit that is stored. */
export type Accepted = {
/** Its number in the board's one order. */
seq: number,
/** The client that sent it. */
client: ClientId,
/** That client's number. */
n: number,
/** Its author. */
by: PersonId,
/** When it was taken, milliseconds since 1970. */
at: number,
/** What was done. */
edit: Edit, };

/** What a person is on a board. */
export type Role = "viewer" | "participant" | "facilitator";

/** Why the server closes. */
export type ClosingReason = "restart";

/** What a client says. */
export type ClientMessage = { "type": "hello",
/** A UUID that the tab made for itself and keeps across reloads with its unsent edits. */
client: ClientId,
/** The last seq that this client has applied; null for the whole board. */
since: number | null,
/** The version of the messages that this client knows. A client of another maker may leave it out. */
version?: string, } | { "type": "edit",
/** Strictly rising, never used twice by one client. */
n: number,
/** What to do. */
edit: Edit, } | { "type": "presence" } & PresenceState;

/** What the server says. */
export type ServerMessage = { "type": "welcome",
/** The version of the messages that this server knows. */
version: string,
/** The seq of the last edit. */
head: number,
/** Null when the edits since `since` follow instead. */
board: BoardState | null,
/** What this person is here now; it may have changed since the page was loaded. */
role: Role, } | { "type": "role",
/** What this person is from now on. */
role: Role, } | { "type": "edits",
/** At least one. */
edits: Array<Accepted>, } | { "type": "ack",
/** The client's number. */
n: number,
/** The board's number. */
seq: number,
/** When it was taken, milliseconds since 1970. */
at: number, } | { "type": "refused",
/** The client's number. */
n: number,
/** Why. */
reason: Refusal, } | { "type": "presence",
/** Came or moved. */
people: Array<Presence>,
/** Left. */
left: Array<ClientId>, } | { "type": "closing",
/** Why. */
reason: ClosingReason,
/** Come back after this delay, jittered. */
retry_after_ms: number, };
