// Views that are loaded lazily: on demand, and otherwise when the browser is idle after the board is shown, because
// they could not be loaded later without a network.
export const lazy = {
  map: () => import("./map/MapView.svelte"),
  kanban: () => import("./Kanban.svelte"),
  summary: () => import("./Summary.svelte"),
  help: () => import("./Help.svelte"),
};

/** Loads all of them when the browser is idle, or after a delay in browsers without `requestIdleCallback`. */
export function prefetchViews(): void {
  const fetchAll = (): void => void Promise.allSettled(Object.values(lazy).map((load) => load()));
  if ("requestIdleCallback" in window) requestIdleCallback(fetchAll, { timeout: 10_000 });
  else setTimeout(fetchAll, 3_000);
}
