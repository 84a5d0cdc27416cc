// The camera over the map: pure geometry of panning and zooming, in the map's units.
export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Rect extends Point, Size {}

/** The map point in the window's upper left corner, and the number of pixels per map unit. */
export interface Camera extends Point {
  readonly scale: number;
}

const MIN_SCALE = 0.07;
const MAX_SCALE = 2.5;
/** Pixels left free around what is scrolled or fitted into view. */
const VIEW_MARGIN = 32;
/** Pixels rendered beyond the window at least, and the step in which that area moves, so that a short pan renders nothing new. */
const OVERSCAN = 320;

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));

export function screenToMap(camera: Camera, { x, y }: Point): Point {
  return { x: camera.x + x / camera.scale, y: camera.y + y / camera.scale };
}

export function panned(camera: Camera, dx: number, dy: number): Camera {
  return { ...camera, x: camera.x - dx / camera.scale, y: camera.y - dy / camera.scale };
}

/** Zooms around `at` (pixels in the window): the map point under it stays in place. */
export function zoomed(camera: Camera, factor: number, at: Point): Camera {
  const scale = clamp(camera.scale * factor, MIN_SCALE, MAX_SCALE);
  const fixed = screenToMap(camera, at);
  return { x: fixed.x - at.x / scale, y: fixed.y - at.y / scale, scale };
}

/** The camera that shows all of `rect` centred, at a scale of at most `maxScale`. */
export function fitToBounds(rect: Rect, window: Size, maxScale = 1): Camera {
  const room = (whole: number): number => Math.max(1, whole - 2 * VIEW_MARGIN);
  const scale = clamp(Math.min(room(window.width) / rect.width, room(window.height) / rect.height), MIN_SCALE, maxScale);
  return {
    x: rect.x + rect.width / 2 - window.width / 2 / scale,
    y: rect.y + rect.height / 2 - window.height / 2 / scale,
    scale,
  };
}

/** Moves the camera as little as needed to show `rect`. */
export function scrolledIntoView(camera: Camera, rect: Rect, window: Size): Camera {
  const margin = VIEW_MARGIN / camera.scale;
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

/** The part of the map that the window shows. */
export function viewportBounds({ x, y, scale }: Camera, { width, height }: Size): Rect {
  return { x, y, width: width / scale, height: height / scale };
}

export function intersects(one: Rect, other: Rect): boolean {
  return one.x < other.x + other.width && one.x + one.width > other.x && one.y < other.y + other.height && one.y + one.height > other.y;
}

/** One step for all scales between two powers of two, so that a short zoom renders nothing new either. */
const overscanStep = (scale: number): number => OVERSCAN / 2 ** Math.floor(Math.log2(scale));

/** The start and the end of the rendered range along one axis: the window and the overscan, in whole steps. */
export function renderStart(start: number, scale: number): number {
  const step = overscanStep(scale);
  return Math.floor(start / step - 1) * step;
}
export function renderEnd(start: number, pixels: number, scale: number): number {
  const step = overscanStep(scale);
  return Math.ceil((start + pixels / scale) / step + 1) * step;
}

/** The position of a popover near a point, inside the window: below the point, or above it near the lower edge. */
export function popoverPosition(point: Point, size: Size, window: Size): Point {
  const x = clamp(point.x - size.width / 2, 8, Math.max(8, window.width - size.width - 8));
  const under = point.y + 14;
  return { x, y: under + size.height + 8 <= window.height ? under : clamp(point.y - size.height - 14, 8, Math.max(8, window.height - size.height - 8)) };
}

export function boundsOf(points: Iterable<Point>, { width, height }: Size): Rect | null {
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

const ARROW_KEYS: Readonly<Record<string, Direction>> = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };

/** The direction of an arrow key; null for any other key. */
export const directionOf = (key: string): Direction | null => ARROW_KEYS[key] ?? null;

/** The point one step of this size further in a direction. */
export function stepped({ x, y }: Point, { width, height }: Size, direction: Direction): Point {
  const dx = { left: -width, right: width, up: 0, down: 0 }[direction];
  const dy = { left: 0, right: 0, up: -height, down: height }[direction];
  return { x: x + dx, y: y + dy };
}

/** The card that an arrow key goes to: the nearest in that direction; distance sideways counts twice. */
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
