// Positions a message at a table cell so that it is fully visible, although the table's frame clips its content.

/** Positions the bubble below its cell, or above it without room below, and within the frame's width. */
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
  // Captures scrolling of both the frame and the page.
  document.addEventListener("scroll", place, { capture: true, passive: true });
  return () => document.removeEventListener("scroll", place, { capture: true });
}
