// The messages of the boards in version 1.1. Kept; never edited.
export type BoardId = string;
export type CardId = string;
export type LinkId = string;
export type CommentId = string;
export type ClientId = string;
export type PersonId = string;
export type BoardKind = "indicators" | "stakeholders" | "questions" | "risks" | "cards";
export type Decimal = number;
export type Value = Decimal | string;
export type TextOp = string | number;
export type Touch = {
seq: number,
by: PersonId,
at: number, };
export type Comment = {
id: CommentId,
by: PersonId,
at: number,
text: string, };
export type Card = {
x: Decimal,
y: Decimal,
fields: { [key in string]: Value },
by: PersonId,
at: number,
rank: number,
touched?: Touch,
votes?: Array<PersonId>,
comments?: Array<Comment>, };
export type Link = {
from: CardId,
to: CardId,
kind: string,
strength: number,
note: string,
by: PersonId, };
export type BoardState = {
id: BoardId,
kind: BoardKind,
title: string,
cards: { [key in CardId]: Card },
links: { [key in LinkId]: Link }, };
export type Edit = { "type": "add_card",
card: CardId,
x: Decimal,
y: Decimal,
fields: { [key in string]: Value }, } | { "type": "set_field",
card: CardId,
field: string,
value: Value | null, } | { "type": "set_fields",
card: CardId,
fields: { [key in string]: Value | null }, } | { "type": "edit_text",
card: CardId,
field: string,
base: number,
ops: Array<TextOp>, } | { "type": "move_card",
card: CardId,
x: Decimal,
y: Decimal, } | { "type": "remove_card",
card: CardId, } | { "type": "restore_card",
card: CardId, } | { "type": "add_link",
link: LinkId,
from: CardId,
to: CardId,
kind: string,
strength: number,
note: string, } | { "type": "set_link",
link: LinkId,
kind: string,
strength: number,
note: string, } | { "type": "remove_link",
link: LinkId, } | { "type": "vote",
card: CardId,
on: boolean, } | { "type": "add_comment",
card: CardId,
comment: CommentId,
text: string, } | { "type": "remove_comment",
card: CardId,
comment: CommentId, };
export type Refusal = "not_allowed" | "archived" | "no_such_card" | "no_such_link" | "no_such_comment" | "exists_already" | "unknown_field" | "wrong_type" | "too_long" | "out_of_range" | "unknown_choice" | "links_not_here" | "link_to_itself" | "too_many_cards" | "too_many_comments" | "too_old" | "bad_text" | "too_fast" | "not_yet" | "malformed" | "not_stored";
export type Cursor = {
x: Decimal,
y: Decimal, };
export type Drag = {
card: CardId,
x: Decimal,
y: Decimal, };
export type PresenceState = {
selected: CardId | null,
field: string | null,
cursor: Cursor | null,
drag?: Drag, };
export type Presence = {
client: ClientId,
person: PersonId,
name: string,
selected: CardId | null,
field: string | null,
cursor: Cursor | null,
drag?: Drag, };
export type Accepted = {
seq: number,
client: ClientId,
n: number,
by: PersonId,
at: number,
edit: Edit, };
export type Role = "viewer" | "participant" | "facilitator";
export type ClosingReason = "restart";
export type ClientMessage = { "type": "hello",
client: ClientId,
since: number | null,
version?: string, } | { "type": "edit",
n: number,
edit: Edit, } | { "type": "presence" } & PresenceState;
export type ServerMessage = { "type": "welcome",
version: string,
head: number,
board: BoardState | null,
role: Role, } | { "type": "role",
role: Role, } | { "type": "edits",
edits: Array<Accepted>, } | { "type": "ack",
n: number,
seq: number,
at: number, } | { "type": "refused",
n: number,
reason: Refusal, } | { "type": "presence",
people: Array<Presence>,
left: Array<ClientId>, } | { "type": "closing",
reason: ClosingReason,
retry_after_ms: number, };
export const MAX_LINE = 300;
export const MAX_TEXT = 20000;
export const MAX_COMMENT = 2000;
export const MAX_NUMBER = 99999999999;
export const MAX_COORDINATE = 1000000;
export const MAX_CARDS = 5000;
export const MAX_LINKS = 20000;
export const SCHEMAS = {
  indicators: {
    title: "name",
    fields: [
      { name: "objective", type: "line" },
      { name: "name", type: "line" },
      { name: "definition", type: "text" },
      { name: "numerator", type: "line" },
      { name: "numerator_unit", type: "choice", choices: ["contracts", "euros", "hours", "people", "percent"] },
      { name: "numerator_sample", type: "number" },
      { name: "denominator", type: "line" },
      { name: "denominator_unit", type: "choice", choices: ["contracts", "euros", "hours", "people", "percent"] },
      { name: "denominator_sample", type: "number" },
      { name: "expression", type: "choice", choices: ["contracts", "value"] },
      { name: "legal_category", type: "choice", choices: ["social", "ecological", "esus", "disadvantaged_employers", "circular", "other"] },
      { name: "baseline", type: "number" },
      { name: "baseline_year", type: "integer", min: 1990, max: 2100 },
      { name: "target", type: "number" },
      { name: "target_year", type: "integer", min: 1990, max: 2100 },
      { name: "frequency", type: "choice", choices: ["monthly", "quarterly", "yearly", "biennial"] },
      { name: "source", type: "line" },
      { name: "referent", type: "line" },
      { name: "priority", type: "integer", min: 1, max: 3 },
      { name: "purchasing_link", type: "line" },
      { name: "policies", type: "line" },
      { name: "notes", type: "text" },
    ],
    links: [],
    votes: false,
  },
  stakeholders: {
    title: "name",
    fields: [
      { name: "name", type: "line" },
      { name: "family", type: "choice", choices: ["economic_networks", "federations", "facilitators", "development_agencies", "buyer_networks", "experts", "elected", "general_management", "purchasing", "finance", "technical", "legal", "users"] },
      { name: "internal", type: "choice", choices: ["internal", "external"] },
      { name: "role", type: "text" },
      { name: "contribution", type: "line" },
      { name: "expectations", type: "line" },
      { name: "power", type: "integer", min: 0, max: 100 },
      { name: "interest", type: "integer", min: 0, max: 100 },
      { name: "attitude_now", type: "choice", choices: ["opposed", "reserved", "neutral", "favourable", "driving"] },
      { name: "attitude_wanted", type: "choice", choices: ["opposed", "reserved", "neutral", "favourable", "driving"] },
      { name: "referent", type: "line" },
      { name: "contact", type: "line", private: true },
      { name: "notes", type: "text" },
    ],
    links: ["decides", "prescribes", "informs", "funds", "supplies", "supports", "opposes", "co_builds"],
    votes: false,
  },
  questions: {
    title: "question",
    fields: [
      { name: "question", type: "line" },
      { name: "theme", type: "line" },
      { name: "answer", type: "text" },
      { name: "state", type: "choice", choices: ["asked", "answering", "answered", "parked"] },
    ],
    links: [],
    votes: true,
  },
  risks: {
    title: "risk",
    fields: [
      { name: "risk", type: "line" },
      { name: "likelihood", type: "integer", min: 0, max: 100 },
      { name: "impact", type: "integer", min: 0, max: 100 },
      { name: "measure", type: "text" },
    ],
    links: [],
    votes: false,
  },
  cards: {
    title: "title",
    fields: [
      { name: "title", type: "line" },
      { name: "text", type: "text" },
      { name: "colour", type: "choice", choices: ["yellow", "blue", "green", "pink", "grey"] },
      { name: "group", type: "line" },
    ],
    links: [],
    votes: false,
  },
} as const;
