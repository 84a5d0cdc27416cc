// How cards are laid out on the map: freely, by power and interest, or in rings by family.
// A layout gives a card's position and the command for dropping it elsewhere; it knows nothing of screens.
import type { Command } from "../sync/commands.ts";
import type { Card } from "./board.ts";
import type { Point, Rect, Size } from "./camera.ts";
import type { Id, Value } from "./protocol.ts";
import { fieldOf, MAX_COORDINATE } from "./schemas.ts";
import type { Entry } from "./card-query.ts";

export interface MapLayout {
  readonly name: "free" | "matrix" | "rings";
  /** Size of the cards, map units. */
  readonly size: Size;
  /** Distance that Alt and an arrow key move a card. */
  readonly step: Size;
  /** The area drawn under the cards; null when there is none. */
  readonly backdrop: Rect | null;
  /** Enlargement of the backdrop that makes room for many cards; 1 is the usual size. */
  readonly backdropScale: number;
  /** The upper left corner of a card; null while its fields do not determine it. */
  positionOf(id: Id, card: Card): Point | null;
  /** The command for dropping a card there: one, so that one undo reverts it; null where a drop means nothing. */
  dropAt(id: Id, to: Point): Command | null;
}

export const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));
export const setFields = (card: Id, fields: Record<string, Value>): Command => ({ type: "set_fields", card, fields });

export const FREE_LAYOUT: MapLayout = {
  name: "free",
  size: { width: 220, height: 112 },
  step: { width: 20, height: 20 },
  backdrop: null,
  backdropScale: 1,
  positionOf: (_, { x, y }) => ({ x, y }),
  dropAt: (card, to) => {
    const inside = (value: number): number => clamp(Math.round(value), -MAX_COORDINATE, MAX_COORDINATE);
    return { type: "move_card", card, x: inside(to.x), y: inside(to.y) };
  },
};

/** Rows and columns that are filled first. */
const INITIAL_ROWS = 5;

/** The grid slots for new cards in order: five rows of five, then around them, so that many cards stay close together. */
function slotAt(slot: number): Point {
  const side = Math.floor(Math.sqrt(slot));
  const rest = slot - side * side;
  if (side < INITIAL_ROWS) return { x: slot % INITIAL_ROWS, y: Math.floor(slot / INITIAL_ROWS) };
  return rest < side ? { x: side, y: rest } : { x: rest - side, y: side };
}

/** A position for a new card that overlaps no other, beside the last ones. */
export function freePosition(cards: readonly Point[]): Point {
  const { width, height } = FREE_LAYOUT.size;
  for (let slot = cards.length; ; slot += 1) {
    const { x: column, y: row } = slotAt(slot);
    const place = { x: column * 260, y: row * 180 };
    if (!cards.some(({ x, y }) => Math.abs(x - place.x) < width && Math.abs(y - place.y) < height)) return place;
  }
}

/** Size of a card in the layouts whose positions carry information. */
export const COMPACT_CARD: Size = { width: 168, height: 44 };

export interface Sector {
  readonly family: string;
  readonly internal: boolean;
  /** Start and end, in turns clockwise from the top. */
  readonly from: number;
  readonly to: number;
  /** Position of the family's name. */
  readonly label: Point;
}

export interface RingLayout extends MapLayout {
  readonly sectors: readonly Sector[];
  /** Semi-axes of the inner and the outer ring. */
  readonly radii: readonly Size[];
}

/** Families inside the buyer's own organisation; all others are external. */
const INTERNAL = ["elected", "general_management", "purchasing", "finance", "technical", "legal", "users"];
/** Width of a ring divided by its height; cards are wide too. */
const RING_ASPECT = 2.2;
/** Distance between two cards on a ring, along its minor axis. */
const RING_CARD_SPACING = 92;
const FIRST_RADIUS = 112;
const RING_SPACING = 170;
/** Distance between two rows of one ring. */
const ROW_SPACING = 90;
/** Room for the family names at the sides, in two lines. */
const LABEL_WIDTH = 130;
/** Distance from a ring to the names of its families. */
const LABEL_DISTANCE = 58;

/** The families in two rings around the organisation: internal ones in the inner ring, external ones in the outer ring. */
export function ringLayout(cards: readonly Entry[]): RingLayout {
  const families = fieldOf("stakeholders", "family")?.choices ?? [];
  const places = new Map<Id, Point>();
  const sectors: Sector[] = [];
  const radii: Size[] = [];
  const edges: number[] = [];
  let radius = FIRST_RADIUS;
  for (const internal of [true, false]) {
    const ring = families.filter((family) => INTERNAL.includes(family) === internal);
    const groups = ring.map((family) => ({ family, ids: cards.filter(([, card]) => card.fields["family"] === family).map(([id]) => id) }));
    const shares = sectorShares(groups.map(({ ids }) => ids.length), radius);
    let [from, last] = [0, radius];
    for (const [index, { family, ids }] of groups.entries()) {
      const to = from + (shares[index] ?? 0);
      last = Math.max(last, fillSector(places, ids, from, to, radius));
      sectors.push({ family, internal, from, to, label: { x: 0, y: 0 } });
      from = to;
    }
    radii.push({ width: last * RING_ASPECT, height: last });
    edges.push(last + RING_SPACING / 2);
    radius = last + RING_SPACING;
  }
  const outer = radius - RING_SPACING + LABEL_DISTANCE + 16;
  return {
    name: "rings",
    size: COMPACT_CARD,
    step: { width: RING_CARD_SPACING, height: RING_CARD_SPACING },
    backdropScale: 1,
    backdrop: { x: -outer * RING_ASPECT - LABEL_WIDTH, y: -outer, width: 2 * (outer * RING_ASPECT + LABEL_WIDTH), height: 2 * outer },
    sectors: sectors.map((sector) => ({ ...sector, label: onRing((sector.from + sector.to) / 2, (radii[sector.internal ? 0 : 1]?.height ?? 0) + LABEL_DISTANCE) })),
    radii,
    positionOf: (id) => places.get(id) ?? null,
    dropAt: (card, to) => {
      const sector = sectorAt(sectors, edges[0] ?? 0, { x: to.x + COMPACT_CARD.width / 2, y: to.y + COMPACT_CARD.height / 2 });
      return sector === undefined ? null : setFields(card, { family: sector.family, internal: sector.internal ? "internal" : "external" });
    },
  };
}

/** Each family's share of the turn: room for one card in the first row, and the rest by its number of cards. */
function sectorShares(counts: readonly number[], radius: number): number[] {
  const one = RING_CARD_SPACING / (2 * Math.PI * radius);
  const weights = counts.map((count) => count + 1);
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => one + ((1 - one * counts.length) * weight) / all);
}

/** Positions cards in their family's sector, row by row, each row filled; returns the radius of the last row. */
function fillSector(places: Map<Id, Point>, ids: readonly Id[], from: number, to: number, radius: number): number {
  let row = radius;
  for (let next = 0; next < ids.length; row += ROW_SPACING) {
    const room = Math.max(1, Math.floor(((to - from) * 2 * Math.PI * row) / RING_CARD_SPACING + 1e-9));
    const here = ids.slice(next, next + room);
    for (const [index, id] of here.entries()) {
      const { x, y } = onRing(from + ((index + 0.5) / here.length) * (to - from), row);
      places.set(id, { x: x - COMPACT_CARD.width / 2, y: y - COMPACT_CARD.height / 2 });
    }
    next += here.length;
    if (next >= ids.length) break;
  }
  return row;
}

function onRing(turn: number, radius: number): Point {
  const angle = (turn - 0.25) * 2 * Math.PI;
  return { x: Math.cos(angle) * radius * RING_ASPECT, y: Math.sin(angle) * radius };
}

function sectorAt(sectors: readonly Sector[], edge: number, { x, y }: Point): Sector | undefined {
  const internal = Math.hypot(x / RING_ASPECT, y) < edge;
  const turn = (Math.atan2(y, x / RING_ASPECT) / (2 * Math.PI) + 1.25) % 1;
  return sectors.find((sector) => sector.internal === internal && sector.from <= turn && turn < sector.to);
}
