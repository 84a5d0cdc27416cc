// Positions elements by camera and layout. Uses the style object, because the page's content security policy forbids
// style attributes.
import type { Attachment } from "svelte/attachments";
import type { Camera } from "../../model/camera.ts";

/** For cards: hundreds of transforms would make hundreds of compositing layers to update whenever the map moves. */
export function positioned(x: number, y: number): Attachment<HTMLElement> {
  return (element) => {
    element.style.left = `${x}px`;
    element.style.top = `${y}px`;
  };
}

/** For elements that move all the time. */
export function translated(x: number, y: number): Attachment<HTMLElement> {
  return (element) => {
    element.style.transform = `translate(${x}px, ${y}px)`;
  };
}

export function sized(width: number, height: number): Attachment<HTMLElement> {
  return (element) => {
    element.style.width = `${width}px`;
    element.style.height = `${height}px`;
  };
}

/** Transforms the whole map by the camera. */
export function cameraTransform({ x, y, scale }: Camera): Attachment<HTMLElement> {
  return (element) => {
    element.style.transform = `translate(${-x * scale}px, ${-y * scale}px) scale(${scale})`;
  };
}

/** Sets --unscaled for elements that keep their size at any scale. Not for cards: it changes with every zoom step. */
export function counterScale(scale: number): Attachment<HTMLElement> {
  return (element) => element.style.setProperty("--unscaled", String(1 / scale));
}

/** Moves the backdrop's dots with the camera. */
export function backdropGrid({ x, y, scale }: Camera): Attachment<HTMLElement> {
  return (element) => {
    const grid = 40 * scale * (scale < 0.4 ? 3 : 1);
    element.style.backgroundSize = `${grid}px ${grid}px`;
    element.style.backgroundPosition = `${-x * scale}px ${-y * scale}px`;
  };
}
