// The camera when a map is opened, when all of it is to be shown, and when a query found cards out of view.
import type { MapLayout } from "../../model/map-layout.ts";
import { boundsOf, fitToBounds, intersects, viewportBounds, zoomed, type Camera, type Point, type Rect, type Size } from "../../model/camera.ts";
import type { Id } from "../../model/protocol.ts";

/** Smallest initial scale: a larger map shows only a part at first. Names are then 10 pixels high, on compact cards too. */
const MIN_READABLE = 0.5;
const MIN_READABLE_COMPACT = 0.77;
/** Pixels for the list of unplaced cards at the left of a wide window. */
const UNPLACED_LIST_WIDTH = 250;

/** Scale below which cards show only their names, in larger letters. */
const FAR_SCALE = 0.62;
/** The same for the small cards of a crowded matrix. */
const FAR_SCALE_SMALL = 0.7;

export const isFarOut = ({ backdropScale }: MapLayout, scale: number): boolean => scale < (backdropScale > 1 ? FAR_SCALE_SMALL : FAR_SCALE);

type Places = ReadonlyMap<Id, Point>;

/** The pixels that the map leaves free for that list. */
const listWidth = (isListed: boolean, window: Size): number => (isListed && window.width > 900 ? UNPLACED_LIST_WIDTH : 0);

export function fitAll({ backdrop, size }: MapLayout, places: Places, isListed: boolean, window: Size): Camera {
  const rect = backdrop ?? boundsOf(places.values(), size);
  if (rect === null) return { x: -window.width / 2 + 110, y: -window.height / 2 + 56, scale: 1 };
  const aside = listWidth(isListed, window);
  const camera = fitToBounds(rect, { ...window, width: window.width - aside });
  return { ...camera, x: camera.x - aside / camera.scale };
}

/** Shows the whole map, or at a readable scale its beginning or its middle. */
export function initialView(layout: MapLayout, places: Places, isListed: boolean, window: Size): Camera {
  const camera = fitAll(layout, places, isListed, window);
  if (camera.scale >= MIN_READABLE / layout.backdropScale) return camera;
  const readable = (layout.name === "free" ? MIN_READABLE : MIN_READABLE_COMPACT) / layout.backdropScale;
  const corner = layout.backdrop === null ? { x: 0, y: 0 } : { x: (window.width + listWidth(isListed, window)) / 2, y: window.height / 2 };
  const near = zoomed(camera, readable / camera.scale, corner);
  const first = boundsOf(places.values(), layout.size);
  return layout.backdrop === null && first !== null ? { ...near, x: first.x - 48, y: first.y - 48 } : near;
}

/** The central part of a card, which must be in the window for the card to count as visible. */
const centreArea = ({ x, y }: Point, { width, height }: Size): Rect => ({ x: x + width / 4, y: y + height / 4, width: width / 2, height: height / 2 });

/** The same camera while a card is visible; else one that shows all cards centred, at no larger scale. */
export function ensureVisible(camera: Camera, places: Places, size: Size, window: Size): Camera {
  const found = boundsOf(places.values(), size);
  const inWindow = viewportBounds(camera, window);
  if (found === null || window.width === 0 || [...places.values()].some((place) => intersects(centreArea(place, size), inWindow))) return camera;
  return fitToBounds(found, window, camera.scale);
}
