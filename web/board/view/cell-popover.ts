// Keeps what is told under a cell whole and in sight, although the table's frame cuts off what lies beyond it.

/** Puts the bubble under its parent, or above it where there is no room, and within the frame's width. */
export function anchorToCell(bubble: HTMLElement): () => void {
  const place = (): void => {
    const cell = bubble.parentElement?.getBoundingClientRect();
    const frame = bubble.closest(".table-frame")?.getBoundingClientRect();
    if (cell === undefined || frame === undefined) return;
    const hasRoom = cell.bottom + bubble.offsetHeight <= innerHeight;
    bubble.style.left = `${Math.min(cell.left, frame.right - bubble.offsetWidth)}px`;
    bubble.style.top = `${hasRoom ? cell.bottom : cell.top - bubble.offsetHeight}px`;
  };
  place();
  // Whatever is scrolled, the frame or the page.
  document.addEventListener("scroll", place, { capture: true, passive: true });
  return () => document.removeEventListener("scroll", place, { capture: true });
}
