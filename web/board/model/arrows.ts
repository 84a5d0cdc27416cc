// The lines between cards: curves from edge to edge, gathered so that a thousand links are a handful of drawn shapes.
import type { Link } from "./board.ts";
import type { Point, Rect, Size } from "./camera.ts";
import type { Id } from "./protocol.ts";

/** How far a line bends aside, as a share of its length; two opposite links then do not cover each other. */
const BEND = 0.12;
const HEAD = 9;

export interface Curve {
  readonly start: Point;
  readonly bend: Point;
  readonly end: Point;
}

/** All lines that look alike, as one shape. */
export interface Bundle {
  readonly key: string;
  readonly kind: string;
  readonly strength: number;
  readonly path: string;
}

const middle = (place: Point, { width, height }: Size): Point => ({ x: place.x + width / 2, y: place.y + height / 2 });

/** Where the line from the middle of a card towards `to` leaves the card. */
function edge(from: Point, to: Point, { width, height }: Size): Point {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const share = Math.min((width / 2 + 4) / Math.max(1e-6, Math.abs(dx)), (height / 2 + 4) / Math.max(1e-6, Math.abs(dy)), 1);
  return { x: from.x + dx * share, y: from.y + dy * share };
}

export function curve(from: Point, to: Point, size: Size): Curve {
  const [a, b] = [middle(from, size), middle(to, size)];
  const bend = { x: (a.x + b.x) / 2 - (b.y - a.y) * BEND, y: (a.y + b.y) / 2 + (b.x - a.x) * BEND };
  return { start: edge(a, bend, size), bend, end: edge(b, bend, size) };
}

/** The point half way along. */
export function half({ start, bend, end }: Curve): Point {
  return { x: (start.x + 2 * bend.x + end.x) / 4, y: (start.y + 2 * bend.y + end.y) / 4 };
}

/** Written once for each curve: another part of the map is soon drawn. */
const written = new WeakMap<Curve, string>();

export function pathOf(line: Curve): string {
  const known = written.get(line);
  if (known !== undefined) return known;
  const path = write(line);
  written.set(line, path);
  return path;
}

function write({ start, bend, end }: Curve): string {
  const angle = Math.atan2(end.y - bend.y, end.x - bend.x);
  const barb = (turn: number): string => {
    const [x, y] = [end.x - HEAD * Math.cos(angle + turn), end.y - HEAD * Math.sin(angle + turn)];
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  };
  const tip = `${end.x.toFixed(1)} ${end.y.toFixed(1)}`;
  return `M${start.x.toFixed(1)} ${start.y.toFixed(1)}Q${bend.x.toFixed(1)} ${bend.y.toFixed(1)} ${tip}M${barb(0.45)}L${tip}L${barb(-0.45)}`;
}

function isNear({ start, bend, end }: Curve, { x, y, width, height }: Rect): boolean {
  const xs = [start.x, bend.x, end.x];
  const ys = [start.y, bend.y, end.y];
  return Math.max(...xs) >= x && Math.min(...xs) <= x + width && Math.max(...ys) >= y && Math.min(...ys) <= y + height;
}

export interface Line {
  readonly id: Id;
  readonly link: Link;
  readonly curve: Curve;
}

/** The curves of the links whose two ends are on the map. */
export function curves(links: ReadonlyMap<Id, Link>, places: ReadonlyMap<Id, Point>, size: Size): Line[] {
  const result: Line[] = [];
  for (const [id, link] of links) {
    const [from, to] = [places.get(link.from), places.get(link.to)];
    if (from === undefined || to === undefined) continue;
    result.push({ id, link, curve: curve(from, to, size) });
  }
  return result;
}

/** Those that cross `seen`. */
export function crossing(lines: readonly Line[], seen: Rect): Line[] {
  return lines.filter(({ curve: line }) => isNear(line, seen));
}

/** How far from `point` the curve passes, in steps fine enough for a finger. */
function distance({ start, bend, end }: Curve, { x, y }: Point): number {
  let least = Infinity;
  for (let step = 0; step <= 24; step += 1) {
    const t = step / 24;
    const [a, b, c] = [(1 - t) * (1 - t), 2 * t * (1 - t), t * t];
    least = Math.min(least, Math.hypot(a * start.x + b * bend.x + c * end.x - x, a * start.y + b * bend.y + c * end.y - y));
  }
  // Between two steps of a long line.
  return Math.max(0, least - Math.hypot(end.x - start.x, end.y - start.y) / 60);
}

/** The link that passes nearest to `point`, within `reach` of it. */
export function linkAt(lines: readonly Line[], point: Point, reach: number): Id | null {
  const around = { x: point.x - reach, y: point.y - reach, width: 2 * reach, height: 2 * reach };
  let best: { id: Id; apart: number } | null = null;
  for (const { id, curve: line } of crossing(lines, around)) {
    const apart = distance(line, point);
    if (apart <= reach && (best === null || apart < best.apart)) best = { id, apart };
  }
  return best?.id ?? null;
}

/** How large a letter of a link's name is, and its line, about. */
const LETTER: Size = { width: 6.8, height: 15 };

/** Those whose names can be read where they lie: upon no card, and upon no name of an earlier one. */
export function legible(lines: readonly Line[], cards: Iterable<Point>, size: Size, nameOf: (kind: string) => string): Line[] {
  const taken: Rect[] = Array.from(cards, (place) => ({ ...place, ...size }));
  const seen = new Set<Id>();
  return lines.filter(({ id, link, curve: line }) => {
    if (seen.has(id)) return false;
    seen.add(id);
    const { x, y } = half(line);
    const width = nameOf(link.kind).length * LETTER.width;
    const box = { x: x - width / 2, y: y - LETTER.height / 2, width, height: LETTER.height };
    if (taken.some((other) => isUpon(box, other))) return false;
    taken.push(box);
    return true;
  });
}

const isUpon = (a: Rect, b: Rect): boolean => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

export function bundles(drawn: readonly Line[]): Bundle[] {
  const paths = new Map<string, { kind: string; strength: number; parts: string[] }>();
  for (const { link, curve: line } of drawn) {
    const key = `${link.kind} ${link.strength}`;
    const bundle = paths.get(key) ?? { kind: link.kind, strength: link.strength, parts: [] };
    bundle.parts.push(pathOf(line));
    paths.set(key, bundle);
  }
  return [...paths].map(([key, { kind, strength, parts }]) => ({ key, kind, strength, path: parts.join("") }));
}
