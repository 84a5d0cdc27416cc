// The parts of the board that are fetched once it stands: those that a reader asks for, and the others while nothing
// else happens, for none could be fetched without a network.
export const lazy = {
  map: () => import("./map/MapView.svelte"),
  kanban: () => import("./Kanban.svelte"),
  summary: () => import("./Summary.svelte"),
  help: () => import("./Help.svelte"),
};

/** Fetches all of them when the browser is idle. Some browsers cannot tell when; then after a while, in milliseconds. */
export function prefetchViews(): void {
  const fetchAll = (): void => void Promise.allSettled(Object.values(lazy).map((load) => load()));
  if ("requestIdleCallback" in window) requestIdleCallback(fetchAll, { timeout: 10_000 });
  else setTimeout(fetchAll, 3_000);
}
