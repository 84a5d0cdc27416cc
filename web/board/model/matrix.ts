// The power/interest matrix: a card's position is its data. Many cards get a larger backdrop, and cards that would overlap
// are drawn beside each other.
import { clamp, COMPACT_CARD, setFields, type MapLayout } from "./map-layout.ts";
import type { Point, Rect, Size } from "./camera.ts";
import type { Id } from "./protocol.ts";
import type { Entry } from "./card-query.ts";

/** Units of the map for one point of power or interest. */
const UNIT: Size = { width: 10.5, height: 5.2 };
export const MATRIX_BOUNDS: Rect = { x: 0, y: 0, width: 100 * UNIT.width, height: 100 * UNIT.height };

/** Power and interest for a card that has none yet: the free position nearest to the middle. */
export function freeMatrixPosition(cards: readonly Entry[]): { power: number; interest: number } {
  const taken = cards.map(([, { fields }]) => ({ power: Number(fields["power"] ?? NaN), interest: Number(fields["interest"] ?? NaN) }));
  const free = ({ power, interest }: { power: number; interest: number }): boolean =>
    !taken.some((one) => Math.abs(one.power - power) * UNIT.height < COMPACT_CARD.height && Math.abs(one.interest - interest) * UNIT.width < COMPACT_CARD.width);
  for (let away = 0; away <= 5; away += 1) {
    for (const [up, right] of [[0, 0], [-1, 0], [1, 0], [0, -1], [0, 1], [-1, -1], [-1, 1], [1, -1], [1, 1]] as const) {
      const place = { power: 50 + 10 * away * up, interest: 50 + Math.min(3, away) * 17 * right };
      if (free(place)) return place;
    }
  }
  return { power: 50, interest: 50 };
}

/** With more cards than this, cards are drawn smaller, on a backdrop that grows with their number. */
const CROWD = 60;
const SMALL: Size = { width: 132, height: 26 };
/** Number of small cards for which the usual backdrop has room. */
const ROOM = 45;
/** Distance between two small cards. */
const GAP = 3;
/** Largest offset of a card from its position, in card sizes; a larger one would suggest other data. */
const ASIDE: readonly Point[] = [0, 1, -1, 2, -2, 3, -3].flatMap((y) => [0, 1, -1].map((x) => ({ x, y }))).sort((a, b) => weight(a) - weight(b));

function weight({ x, y }: Point): number {
  return Math.abs(x) * (SMALL.width / SMALL.height) + Math.abs(y);
}

/** Interest to the right, power upwards; the centre of the card is the data. */
export function matrixLayout(cards: readonly Entry[]): MapLayout {
  const isCrowd = cards.length > CROWD;
  const size = isCrowd ? SMALL : COMPACT_CARD;
  const backdropScale = isCrowd ? Math.sqrt(cards.length / ROOM) : 1;
  const [wide, high] = [UNIT.width * backdropScale, UNIT.height * backdropScale];
  const lying = (power: number, interest: number): Point => ({ x: interest * wide - size.width / 2, y: (100 - power) * high - size.height / 2 });
  const nudges = isCrowd ? overlapOffsets(cards, lying) : new Map<Id, Point>();
  return {
    name: "matrix",
    size,
    backdropScale,
    step: { width: 5 * wide, height: 5 * high },
    backdrop: { x: -90 * backdropScale, y: -20 * backdropScale, width: (MATRIX_BOUNDS.width + 180) * backdropScale, height: (MATRIX_BOUNDS.height + 60) * backdropScale },
    positionOf: (id, { fields: { power, interest } }) => {
      if (typeof power !== "number" || typeof interest !== "number") return null;
      const { x, y } = lying(power, interest);
      const nudge = nudges.get(id);
      return { x: x + (nudge?.x ?? 0), y: y + (nudge?.y ?? 0) };
    },
    dropAt: (card, to) => {
      const nudge = nudges.get(card);
      const interest = clamp(Math.round((to.x - (nudge?.x ?? 0) + size.width / 2) / wide), 0, 100);
      const power = clamp(Math.round(100 - (to.y - (nudge?.y ?? 0) + size.height / 2) / high), 0, 100);
      return setFields(card, { power, interest });
    },
  };
}

/** Offsets of cards from their positions: older cards stay in place, later ones move to the nearest free position. */
function overlapOffsets(cards: readonly Entry[], lying: (power: number, interest: number) => Point): Map<Id, Point> {
  const step = { x: SMALL.width + GAP, y: SMALL.height + GAP };
  const taken = new Map<string, Point[]>();
  const cell = (value: number, size: number): number => Math.floor(value / size);
  const isFree = ({ x, y }: Point): boolean => {
    for (const across of [-1, 0, 1]) {
      for (const down of [-1, 0, 1]) {
        const there = taken.get(`${cell(x, step.x) + across} ${cell(y, step.y) + down}`) ?? [];
        if (there.some((one) => Math.abs(one.x - x) < step.x && Math.abs(one.y - y) < step.y)) return false;
      }
    }
    return true;
  };
  const nudges = new Map<Id, Point>();
  for (const [id, { fields }] of [...cards].sort(([, a], [, b]) => a.rank - b.rank)) {
    const { power, interest } = fields;
    if (typeof power !== "number" || typeof interest !== "number") continue;
    const { x, y } = lying(power, interest);
    const beside = ASIDE.map((aside) => ({ x: aside.x * step.x, y: aside.y * step.y })).find((nudge) => isFree({ x: x + nudge.x, y: y + nudge.y })) ?? { x: 0, y: 0 };
    const place = { x: x + beside.x, y: y + beside.y };
    const key = `${cell(place.x, step.x)} ${cell(place.y, step.y)}`;
    taken.set(key, [...(taken.get(key) ?? []), place]);
    if (beside.x !== 0 || beside.y !== 0) nudges.set(id, beside);
  }
  return nudges;
}
