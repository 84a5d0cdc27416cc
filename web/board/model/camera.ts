// What part of the map is seen: pure geometry of panning and zooming, in the map's own units.
export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Rect extends Point, Size {}

/** The point of the map in the window's upper left corner, and how many pixels one unit takes. */
export interface Camera extends Point {
  readonly scale: number;
}

const MIN_SCALE = 0.07;
const MAX_SCALE = 2.5;
/** Pixels left free around what is brought into view. */
const MARGIN = 32;
/** Pixels drawn beyond the window at least, and the steps in which that moves, so that a short pan draws nothing anew. */
const BEYOND = 320;

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));

export function toMap(camera: Camera, { x, y }: Point): Point {
  return { x: camera.x + x / camera.scale, y: camera.y + y / camera.scale };
}

export function panned(camera: Camera, dx: number, dy: number): Camera {
  return { ...camera, x: camera.x - dx / camera.scale, y: camera.y - dy / camera.scale };
}

/** Zooms so that the point of the map under `at` (pixels in the window) stays there. */
export function zoomed(camera: Camera, factor: number, at: Point): Camera {
  const scale = clamp(camera.scale * factor, MIN_SCALE, MAX_SCALE);
  const fixed = toMap(camera, at);
  return { x: fixed.x - at.x / scale, y: fixed.y - at.y / scale, scale };
}

/** All of `rect` in the middle of the window, no larger than `most`. */
export function fitted(rect: Rect, window: Size, most = 1): Camera {
  const room = (whole: number): number => Math.max(1, whole - 2 * MARGIN);
  const scale = clamp(Math.min(room(window.width) / rect.width, room(window.height) / rect.height), MIN_SCALE, most);
  return {
    x: rect.x + rect.width / 2 - window.width / 2 / scale,
    y: rect.y + rect.height / 2 - window.height / 2 / scale,
    scale,
  };
}

/** Moves as little as needed to see `rect`. */
export function revealing(camera: Camera, rect: Rect, window: Size): Camera {
  const margin = MARGIN / camera.scale;
  const along = (start: number, size: number, seenFrom: number, seen: number): number => {
    if (start - margin < seenFrom) return start - margin;
    const over = start + size + margin - (seenFrom + seen);
    return over > 0 ? seenFrom + over : seenFrom;
  };
  return {
    x: along(rect.x, rect.width, camera.x, window.width / camera.scale),
    y: along(rect.y, rect.height, camera.y, window.height / camera.scale),
    scale: camera.scale,
  };
}

/** What of the map the window shows. */
export function windowOf({ x, y, scale }: Camera, { width, height }: Size): Rect {
  return { x, y, width: width / scale, height: height / scale };
}

export function meet(one: Rect, other: Rect): boolean {
  return one.x < other.x + other.width && one.x + one.width > other.x && one.y < other.y + other.height && one.y + one.height > other.y;
}

/** The same for all scales from one power of two to the next, so that a short zoom draws nothing anew either. */
const stepAt = (scale: number): number => BEYOND / 2 ** Math.floor(Math.log2(scale));

/** The edges of what is worth drawing: the window and a little more, in whole steps. */
export function drawnFrom(start: number, scale: number): number {
  const step = stepAt(scale);
  return Math.floor(start / step - 1) * step;
}
export function drawnTo(start: number, pixels: number, scale: number): number {
  const step = stepAt(scale);
  return Math.ceil((start + pixels / scale) / step + 1) * step;
}

/** Where something of this size stands near a point of the window, inside it: under the point, or over it near the lower edge. */
export function beside(point: Point, size: Size, window: Size): Point {
  const x = clamp(point.x - size.width / 2, 8, Math.max(8, window.width - size.width - 8));
  const under = point.y + 14;
  return { x, y: under + size.height + 8 <= window.height ? under : clamp(point.y - size.height - 14, 8, Math.max(8, window.height - size.height - 8)) };
}

export function around(points: Iterable<Point>, { width, height }: Size): Rect | null {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of points) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x + width);
    bottom = Math.max(bottom, y + height);
  }
  return left === Infinity ? null : { x: left, y: top, width: right - left, height: bottom - top };
}

export type Direction = "left" | "right" | "up" | "down";

const ARROWS: Readonly<Record<string, Direction>> = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };

/** Where an arrow key points; null for any other key. */
export const directionOf = (key: string): Direction | null => ARROWS[key] ?? null;

/** The point one step of this size further. */
export function stepped({ x, y }: Point, { width, height }: Size, direction: Direction): Point {
  const dx = { left: -width, right: width, up: 0, down: 0 }[direction];
  const dy = { left: 0, right: 0, up: -height, down: height }[direction];
  return { x: x + dx, y: y + dy };
}

/** The card that an arrow key goes to: the nearest in that direction, what lies straight ahead before what lies aside. */
export function nearest<Id>(places: ReadonlyMap<Id, Point>, from: Id, direction: Direction): Id | null {
  const start = places.get(from);
  if (start === undefined) return null;
  let best: { id: Id; cost: number } | null = null;
  for (const [id, { x, y }] of places) {
    if (id === from) continue;
    const [dx, dy] = [x - start.x, y - start.y];
    const ahead = { left: -dx, right: dx, up: -dy, down: dy }[direction];
    const aside = Math.abs(direction === "left" || direction === "right" ? dy : dx);
    const cost = ahead + 2 * aside;
    if (ahead > 0 && aside <= 3 * ahead && (best === null || cost < best.cost)) best = { id, cost };
  }
  return best?.id ?? null;
}
