// Puts elements where the camera and the layout want them. Through the style object: the page's policy forbids
// style attributes.
import type { Attachment } from "svelte/attachments";
import type { Camera } from "../../model/camera.ts";

/** A card lies there: hundreds of transforms would be hundreds of layers to think about whenever the map moves. */
export function positioned(x: number, y: number): Attachment<HTMLElement> {
  return (element) => {
    element.style.left = `${x}px`;
    element.style.top = `${y}px`;
  };
}

/** What moves all the time. */
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

/** The whole map, as the camera sees it. */
export function cameraTransform({ x, y, scale }: Camera): Attachment<HTMLElement> {
  return (element) => {
    element.style.transform = `translate(${-x * scale}px, ${-y * scale}px) scale(${scale})`;
  };
}

/** What shall stay as large as ever on a small map learns how small it is; the cards do not, for it changes with every turn of the wheel. */
export function counterScale(scale: number): Attachment<HTMLElement> {
  return (element) => element.style.setProperty("--unscaled", String(1 / scale));
}

/** The dots of the ground move along. */
export function backdropGrid({ x, y, scale }: Camera): Attachment<HTMLElement> {
  return (element) => {
    const grid = 40 * scale * (scale < 0.4 ? 3 : 1);
    element.style.backgroundSize = `${grid}px ${grid}px`;
    element.style.backgroundPosition = `${-x * scale}px ${-y * scale}px`;
  };
}
