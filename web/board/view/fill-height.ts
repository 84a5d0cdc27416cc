// Tells the styles how far down the page the board's view begins, so that it can take the rest of the window.
export function fillHeight(element: HTMLElement): () => void {
  const measure = (): void => {
    const above = element.getBoundingClientRect().top + scrollY;
    element.style.setProperty("--above", `${Math.round(above)}px`);
  };
  measure();
  const observer = new ResizeObserver(measure);
  // What stands above it wraps into more lines when there is less room.
  for (const sized of [document.documentElement, ...document.querySelectorAll(".board .toolbar, .board .presence-bar")]) observer.observe(sized);
  return () => observer.disconnect();
}
