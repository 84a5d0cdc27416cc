// Power and interest: the place of a card is the data. A crowd gets a larger ground, and cards that would lie upon each
// other there are drawn beside each other.
import { clamp, PILL, set, type Arrangement } from "./arrangements.ts";
import type { Point, Rect, Size } from "./camera.ts";
import type { Id } from "./protocol.ts";
import type { Entry } from "./selection.ts";

/** Units of the map for one point of power or interest. */
const UNIT: Size = { width: 10.5, height: 5.2 };
export const MATRIX_GROUND: Rect = { x: 0, y: 0, width: 100 * UNIT.width, height: 100 * UNIT.height };

/** Where somebody without a place is put on the matrix: as near to its middle as nobody is yet. */
export function freeOnMatrix(cards: readonly Entry[]): { power: number; interest: number } {
  const taken = cards.map(([, { fields }]) => ({ power: Number(fields["power"] ?? NaN), interest: Number(fields["interest"] ?? NaN) }));
  const free = ({ power, interest }: { power: number; interest: number }): boolean =>
    !taken.some((one) => Math.abs(one.power - power) * UNIT.height < PILL.height && Math.abs(one.interest - interest) * UNIT.width < PILL.width);
  for (let away = 0; away <= 5; away += 1) {
    for (const [up, right] of [[0, 0], [-1, 0], [1, 0], [0, -1], [0, 1], [-1, -1], [-1, 1], [1, -1], [1, 1]] as const) {
      const place = { power: 50 + 10 * away * up, interest: 50 + Math.min(3, away) * 17 * right };
      if (free(place)) return place;
    }
  }
  return { power: 50, interest: 50 };
}

/** More cards than this would cover each other: they are drawn smaller, on a ground that grows with them. */
const CROWD = 60;
const SMALL: Size = { width: 132, height: 26 };
/** Cards for which the usual ground has room, when they are small. */
const ROOM = 45;
/** Between two small cards. */
const GAP = 3;
/** How many cards' heights or widths a card may be drawn beside its place; further would tell something else. */
const ASIDE: readonly Point[] = [0, 1, -1, 2, -2, 3, -3].flatMap((y) => [0, 1, -1].map((x) => ({ x, y }))).sort((a, b) => weight(a) - weight(b));

function weight({ x, y }: Point): number {
  return Math.abs(x) * (SMALL.width / SMALL.height) + Math.abs(y);
}

/** Interest to the right, power upwards; the middle of the card is the data. */
export function matrix(cards: readonly Entry[]): Arrangement {
  const isCrowd = cards.length > CROWD;
  const size = isCrowd ? SMALL : PILL;
  const factor = isCrowd ? Math.sqrt(cards.length / ROOM) : 1;
  const [wide, high] = [UNIT.width * factor, UNIT.height * factor];
  const lying = (power: number, interest: number): Point => ({ x: interest * wide - size.width / 2, y: (100 - power) * high - size.height / 2 });
  const nudges = isCrowd ? apart(cards, lying) : new Map<Id, Point>();
  return {
    name: "matrix",
    size,
    factor,
    step: { width: 5 * wide, height: 5 * high },
    ground: { x: -90 * factor, y: -20 * factor, width: (MATRIX_GROUND.width + 180) * factor, height: (MATRIX_GROUND.height + 60) * factor },
    at: (id, { fields: { power, interest } }) => {
      if (typeof power !== "number" || typeof interest !== "number") return null;
      const { x, y } = lying(power, interest);
      const nudge = nudges.get(id);
      return { x: x + (nudge?.x ?? 0), y: y + (nudge?.y ?? 0) };
    },
    moved: (card, to) => {
      const nudge = nudges.get(card);
      const interest = clamp(Math.round((to.x - (nudge?.x ?? 0) + size.width / 2) / wide), 0, 100);
      const power = clamp(Math.round(100 - (to.y - (nudge?.y ?? 0) + size.height / 2) / high), 0, 100);
      return set(card, { power, interest });
    },
  };
}

/** How far beside their places cards are drawn: the older ones where they lie, others as near as there is room. */
function apart(cards: readonly Entry[], lying: (power: number, interest: number) => Point): Map<Id, Point> {
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
