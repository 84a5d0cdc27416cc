// Sets --above, the view's distance from the top of the page, so that the view can fill the rest of the window.
export function fillHeight(element: HTMLElement): () => void {
  const measure = (): void => {
    const above = element.getBoundingClientRect().top + scrollY;
    element.style.setProperty("--above", `${Math.round(above)}px`);
  };
  measure();
  const observer = new ResizeObserver(measure);
  // The bars above the view wrap into more lines on a narrower window.
  for (const sized of [document.documentElement, ...document.querySelectorAll(".board .toolbar, .board .presence-bar")]) observer.observe(sized);
  return () => observer.disconnect();
}
