// The arrows between cards: curves from border to border, bundled so that a thousand links are drawn as a few SVG paths.
import type { Link } from "./board.ts";
import type { Point, Rect, Size } from "./camera.ts";
import type { Id } from "./protocol.ts";

/** Sideways bend of an arrow as a share of its length; two links in opposite directions then do not cover each other. */
const CURVATURE = 0.12;
const ARROWHEAD_LENGTH = 9;

export interface Curve {
  readonly start: Point;
  readonly bend: Point;
  readonly end: Point;
}

/** All arrows of one kind and strength, as one SVG path. */
export interface Bundle {
  readonly key: string;
  readonly kind: string;
  readonly strength: number;
  readonly path: string;
}

const centreOf = (place: Point, { width, height }: Size): Point => ({ x: place.x + width / 2, y: place.y + height / 2 });

/** The point where a line from the centre of a card towards `to` crosses the card's border. */
function borderPoint(from: Point, to: Point, { width, height }: Size): Point {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const share = Math.min((width / 2 + 4) / Math.max(1e-6, Math.abs(dx)), (height / 2 + 4) / Math.max(1e-6, Math.abs(dy)), 1);
  return { x: from.x + dx * share, y: from.y + dy * share };
}

export function curve(from: Point, to: Point, size: Size): Curve {
  const [a, b] = [centreOf(from, size), centreOf(to, size)];
  const bend = { x: (a.x + b.x) / 2 - (b.y - a.y) * CURVATURE, y: (a.y + b.y) / 2 + (b.x - a.x) * CURVATURE };
  return { start: borderPoint(a, bend, size), bend, end: borderPoint(b, bend, size) };
}

/** The point half way along the curve. */
export function midpoint({ start, bend, end }: Curve): Point {
  return { x: (start.x + 2 * bend.x + end.x) / 4, y: (start.y + 2 * bend.y + end.y) / 4 };
}

/** SVG paths by curve: panning draws the same curves again and again. */
const pathCache = new WeakMap<Curve, string>();

export function pathOf(line: Curve): string {
  const known = pathCache.get(line);
  if (known !== undefined) return known;
  const path = buildPath(line);
  pathCache.set(line, path);
  return path;
}

function buildPath({ start, bend, end }: Curve): string {
  const angle = Math.atan2(end.y - bend.y, end.x - bend.x);
  const barb = (turn: number): string => {
    const [x, y] = [end.x - ARROWHEAD_LENGTH * Math.cos(angle + turn), end.y - ARROWHEAD_LENGTH * Math.sin(angle + turn)];
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  };
  const tip = `${end.x.toFixed(1)} ${end.y.toFixed(1)}`;
  return `M${start.x.toFixed(1)} ${start.y.toFixed(1)}Q${bend.x.toFixed(1)} ${bend.y.toFixed(1)} ${tip}M${barb(0.45)}L${tip}L${barb(-0.45)}`;
}

function isVisible({ start, bend, end }: Curve, { x, y, width, height }: Rect): boolean {
  const xs = [start.x, bend.x, end.x];
  const ys = [start.y, bend.y, end.y];
  return Math.max(...xs) >= x && Math.min(...xs) <= x + width && Math.max(...ys) >= y && Math.min(...ys) <= y + height;
}

export interface Arrow {
  readonly id: Id;
  readonly link: Link;
  readonly curve: Curve;
}

/** The curves of the links whose two ends are on the map. */
export function arrowsOf(links: ReadonlyMap<Id, Link>, places: ReadonlyMap<Id, Point>, size: Size): Arrow[] {
  const result: Arrow[] = [];
  for (const [id, link] of links) {
    const [from, to] = [places.get(link.from), places.get(link.to)];
    if (from === undefined || to === undefined) continue;
    result.push({ id, link, curve: curve(from, to, size) });
  }
  return result;
}

/** The arrows that cross `seen`. */
export function visibleArrows(lines: readonly Arrow[], seen: Rect): Arrow[] {
  return lines.filter(({ curve: line }) => isVisible(line, seen));
}

/** Distance from `point` to the curve, sampled finely enough for a finger. */
function distance({ start, bend, end }: Curve, { x, y }: Point): number {
  let least = Infinity;
  for (let step = 0; step <= 24; step += 1) {
    const t = step / 24;
    const [a, b, c] = [(1 - t) * (1 - t), 2 * t * (1 - t), t * t];
    least = Math.min(least, Math.hypot(a * start.x + b * bend.x + c * end.x - x, a * start.y + b * bend.y + c * end.y - y));
  }
  // Allows for the distance between two samples of a long curve.
  return Math.max(0, least - Math.hypot(end.x - start.x, end.y - start.y) / 60);
}

/** The link that passes nearest to `point`, within `reach` of it. */
export function linkAtPoint(lines: readonly Arrow[], point: Point, reach: number): Id | null {
  const around = { x: point.x - reach, y: point.y - reach, width: 2 * reach, height: 2 * reach };
  let best: { id: Id; apart: number } | null = null;
  for (const { id, curve: line } of visibleArrows(lines, around)) {
    const apart = distance(line, point);
    if (apart <= reach && (best === null || apart < best.apart)) best = { id, apart };
  }
  return best?.id ?? null;
}

/** Approximate width of a letter of a label, and height of its line. */
const LABEL_LETTER: Size = { width: 6.8, height: 15 };

/** The arrows whose labels overlap neither a card nor the label of an earlier arrow. */
export function withoutOverlap(lines: readonly Arrow[], cards: Iterable<Point>, size: Size, nameOf: (kind: string) => string): Arrow[] {
  const taken: Rect[] = Array.from(cards, (place) => ({ ...place, ...size }));
  const seen = new Set<Id>();
  return lines.filter(({ id, link, curve: line }) => {
    if (seen.has(id)) return false;
    seen.add(id);
    const { x, y } = midpoint(line);
    const width = nameOf(link.kind).length * LABEL_LETTER.width;
    const box = { x: x - width / 2, y: y - LABEL_LETTER.height / 2, width, height: LABEL_LETTER.height };
    if (taken.some((other) => overlaps(box, other))) return false;
    taken.push(box);
    return true;
  });
}

const overlaps = (a: Rect, b: Rect): boolean => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

export function bundled(drawn: readonly Arrow[]): Bundle[] {
  const paths = new Map<string, { kind: string; strength: number; parts: string[] }>();
  for (const { link, curve: line } of drawn) {
    const key = `${link.kind} ${link.strength}`;
    const bundle = paths.get(key) ?? { kind: link.kind, strength: link.strength, parts: [] };
    bundle.parts.push(pathOf(line));
    paths.set(key, bundle);
  }
  return [...paths].map(([key, { kind, strength, parts }]) => ({ key, kind, strength, path: parts.join("") }));
}
