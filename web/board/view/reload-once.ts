// Reloads a page that is too old for what the server sends: by itself, once, and never while somebody types.
import type { Timers } from "../sync/ports.ts";

/** Milliseconds between two looks at whether somebody still types. */
const LOOK_EVERY = 500;

/** Key in sessionStorage: the version of the page that was reloaded. */
const key = (board: string): string => `parcours.reloaded.${board}`;

let isPlanned = false;

/**
 * Reloads the page as soon as no text field has the focus, since an unfinished text would be lost. A page of the same
 * version is not reloaded again, as that would not help and could go on without end; its banner offers a button.
 */
export function reloadOnce(board: string, version: string, timers: Timers): void {
  if (isPlanned || wasReloaded(board, version)) return;
  isPlanned = true;
  const look = (): void => {
    if (isTyping(document.activeElement)) timers.after(LOOK_EVERY, look);
    else if (remember(board, version)) location.reload();
  };
  look();
}

function isTyping(element: Element | null): boolean {
  return element instanceof HTMLElement && (element.isContentEditable || element.matches("input, textarea, select"));
}

/** Without storage nothing stops endless reloading, so the page is then left alone. */
function wasReloaded(board: string, version: string): boolean {
  try {
    return sessionStorage.getItem(key(board)) === version;
  } catch {
    return true;
  }
}

function remember(board: string, version: string): boolean {
  try {
    sessionStorage.setItem(key(board), version);
    return true;
  } catch {
    return false;
  }
}
