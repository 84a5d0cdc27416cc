// How cards lie on the map: freely, where their power and interest put them, or in rings by family.
// An arrangement says where a card is and what it means to put it elsewhere; it knows nothing of screens.
import type { Command } from "../sync/commands.ts";
import type { Card } from "./board.ts";
import type { Point, Rect, Size } from "./camera.ts";
import type { Id, Value } from "./protocol.ts";
import { fieldOf, MAX_COORDINATE } from "./schemas.ts";
import type { Entry } from "./selection.ts";

export interface Arrangement {
  readonly name: "free" | "matrix" | "rings";
  /** How large cards are drawn. */
  readonly size: Size;
  /** How far one press of Alt and an arrow moves a card. */
  readonly step: Size;
  /** What is always worth seeing, cards or not. */
  readonly ground: Rect | null;
  /** How many times larger than usual the ground is, so that a crowd finds room on it. */
  readonly factor: number;
  /** Where a card lies (its upper left corner); null while its fields do not say. */
  at(id: Id, card: Card): Point | null;
  /** What putting a card there does: one command, and so one undo; null where it means nothing. */
  moved(id: Id, to: Point): Command | null;
}

export const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));
export const set = (card: Id, fields: Record<string, Value>): Command => ({ type: "set_fields", card, fields });

export const FREE: Arrangement = {
  name: "free",
  size: { width: 220, height: 112 },
  step: { width: 20, height: 20 },
  ground: null,
  factor: 1,
  at: (_, { x, y }) => ({ x, y }),
  moved: (card, to) => {
    const inside = (value: number): number => clamp(Math.round(value), -MAX_COORDINATE, MAX_COORDINATE);
    return { type: "move_card", card, x: inside(to.x), y: inside(to.y) };
  },
};

/** Cards in the first rows of a map, and so in its first columns. */
const FIRST = 5;

/** The places of a map one after another: five rows of five, then around them, so that a crowd stays together. */
function slotAt(slot: number): Point {
  const side = Math.floor(Math.sqrt(slot));
  const rest = slot - side * side;
  if (side < FIRST) return { x: slot % FIRST, y: Math.floor(slot / FIRST) };
  return rest < side ? { x: side, y: rest } : { x: rest - side, y: side };
}

/** Where a new card covers none: beside the last ones. */
export function freePlace(cards: readonly Point[]): Point {
  const { width, height } = FREE.size;
  for (let slot = cards.length; ; slot += 1) {
    const { x: column, y: row } = slotAt(slot);
    const place = { x: column * 260, y: row * 180 };
    if (!cards.some(({ x, y }) => Math.abs(x - place.x) < width && Math.abs(y - place.y) < height)) return place;
  }
}

/** How large a card is where its place says the rest. */
export const PILL: Size = { width: 168, height: 44 };

export interface Sector {
  readonly family: string;
  readonly internal: boolean;
  /** Where it begins and ends, in turns from the top. */
  readonly from: number;
  readonly to: number;
  /** Where its name stands. */
  readonly label: Point;
}

export interface Rings extends Arrangement {
  readonly sectors: readonly Sector[];
  /** Half axes of the inner and the outer ring. */
  readonly radii: readonly Size[];
}

/** Families inside one's own organisation; all others are outside. */
const INTERNAL = ["elected", "general_management", "purchasing", "finance", "technical", "legal", "users"];
/** Rings are wider than high, as cards are. */
const FLAT = 2.2;
/** Between two cards on a ring, along its lesser half axis. */
const SLOT = 92;
const FIRST_RADIUS = 112;
const BETWEEN_RINGS = 170;
/** From one row of a ring to the next. */
const ROW = 90;
/** For the names of families at the sides, in two lines. */
const BESIDE = 130;
/** From a ring to the names of its families. */
const TO_LABEL = 58;

/** The families in two rings around one's own organisation: inner ones close, the territory's further out. */
export function rings(cards: readonly Entry[]): Rings {
  const families = fieldOf("stakeholders", "family")?.choices ?? [];
  const places = new Map<Id, Point>();
  const sectors: Sector[] = [];
  const radii: Size[] = [];
  const edges: number[] = [];
  let radius = FIRST_RADIUS;
  for (const internal of [true, false]) {
    const ring = families.filter((family) => INTERNAL.includes(family) === internal);
    const groups = ring.map((family) => ({ family, ids: cards.filter(([, card]) => card.fields["family"] === family).map(([id]) => id) }));
    const shares = sharesOf(groups.map(({ ids }) => ids.length), radius);
    let [from, last] = [0, radius];
    for (const [index, { family, ids }] of groups.entries()) {
      const to = from + (shares[index] ?? 0);
      last = Math.max(last, fill(places, ids, from, to, radius));
      sectors.push({ family, internal, from, to, label: { x: 0, y: 0 } });
      from = to;
    }
    radii.push({ width: last * FLAT, height: last });
    edges.push(last + BETWEEN_RINGS / 2);
    radius = last + BETWEEN_RINGS;
  }
  const outer = radius - BETWEEN_RINGS + TO_LABEL + 16;
  return {
    name: "rings",
    size: PILL,
    step: { width: SLOT, height: SLOT },
    factor: 1,
    ground: { x: -outer * FLAT - BESIDE, y: -outer, width: 2 * (outer * FLAT + BESIDE), height: 2 * outer },
    sectors: sectors.map((sector) => ({ ...sector, label: onRing((sector.from + sector.to) / 2, (radii[sector.internal ? 0 : 1]?.height ?? 0) + TO_LABEL) })),
    radii,
    at: (id) => places.get(id) ?? null,
    moved: (card, to) => {
      const sector = sectorAt(sectors, edges[0] ?? 0, { x: to.x + PILL.width / 2, y: to.y + PILL.height / 2 });
      return sector === undefined ? null : set(card, { family: sector.family, internal: sector.internal ? "internal" : "external" });
    },
  };
}

/** How much of the turn each family gets: room for one card in the first row, and the rest by how many it has. */
function sharesOf(counts: readonly number[], radius: number): number[] {
  const one = SLOT / (2 * Math.PI * radius);
  const weights = counts.map((count) => count + 1);
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => one + ((1 - one * counts.length) * weight) / all);
}

/** Puts cards into their family's sector, row behind row, each as full as its length allows; returns where the last row is. */
function fill(places: Map<Id, Point>, ids: readonly Id[], from: number, to: number, radius: number): number {
  let row = radius;
  for (let next = 0; next < ids.length; row += ROW) {
    const room = Math.max(1, Math.floor(((to - from) * 2 * Math.PI * row) / SLOT + 1e-9));
    const here = ids.slice(next, next + room);
    for (const [index, id] of here.entries()) {
      const { x, y } = onRing(from + ((index + 0.5) / here.length) * (to - from), row);
      places.set(id, { x: x - PILL.width / 2, y: y - PILL.height / 2 });
    }
    next += here.length;
    if (next >= ids.length) break;
  }
  return row;
}

function onRing(turn: number, radius: number): Point {
  const angle = (turn - 0.25) * 2 * Math.PI;
  return { x: Math.cos(angle) * radius * FLAT, y: Math.sin(angle) * radius };
}

function sectorAt(sectors: readonly Sector[], edge: number, { x, y }: Point): Sector | undefined {
  const internal = Math.hypot(x / FLAT, y) < edge;
  const turn = (Math.atan2(y, x / FLAT) / (2 * Math.PI) + 1.25) % 1;
  return sectors.find((sector) => sector.internal === internal && sector.from <= turn && turn < sector.to);
}
