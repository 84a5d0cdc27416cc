// Which links are drawn, and the position of the link editor.
import type { Link } from "../../model/board.ts";
import { curve, midpoint } from "../../model/arrows.ts";
import { popoverPosition, type Camera, type Point, type Size } from "../../model/camera.ts";
import type { Id } from "../../model/protocol.ts";

type Links = ReadonlyMap<Id, Link>;

/** In layouts computed from fields, with more links than this only those of the active card are drawn. */
const MAX_LINKS_DRAWN = 150;
/** Approximate size of the link editor. */
const EDITOR = { width: 300, height: 150 };
const NONE: Links = new Map();

export function drawnLinks(all: Links = NONE, isFree: boolean, near: Id | null): Links {
  if (isFree || all.size <= MAX_LINKS_DRAWN) return all;
  return new Map([...all].filter(([, link]) => link.from === near || link.to === near));
}

export interface LinkEditorState {
  readonly id: Id;
  readonly link: Link;
  /** Its upper left corner in the window. */
  readonly place: Point;
}

/** Null while the link does not exist, or one of its ends is not on the map. */
export function editorOf(id: Id | null, links: Links, places: ReadonlyMap<Id, Point>, size: Size, camera: Camera, window: Size): LinkEditorState | null {
  const link = id === null ? undefined : links.get(id);
  const [from, to] = [places.get(link?.from ?? ""), places.get(link?.to ?? "")];
  if (id === null || link === undefined || from === undefined || to === undefined) return null;
  const { x, y } = midpoint(curve(from, to, size));
  const middle = { x: (x - camera.x) * camera.scale, y: (y - camera.y) * camera.scale };
  return { id, link, place: popoverPosition(middle, EDITOR, window) };
}
