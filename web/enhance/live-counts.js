// Refreshes the counts on an organiser's event page. Without this script the counts are those of the page's loading.

/** Milliseconds: rare enough for a whole team to leave the page open, frequent enough to follow the opening of registrations. */
const INTERVAL = 10_000;

/** @type {HTMLElement | null} */
const box = document.querySelector("[data-live-counts]");
const announcement = document.querySelector("[data-live-said]");
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** @param {Element} list */
const texts = (list) => [...list.querySelectorAll("li")].map((item) => item.textContent.trim());

/**
 * Shows the new list, and announces the changes to assistive technology.
 * @param {HTMLElement} box
 * @param {Element} announcement
 * @param {Element} list
 */
function show(box, announcement, list) {
  const old = box.querySelector("ul");
  if (old === null) return;
  const before = texts(old);
  const changed = texts(list).filter((text) => !before.includes(text));
  if (changed.length === 0 && list.children.length === old.children.length) return;
  old.replaceWith(list);
  announcement.textContent = changed.join(", ");
}

/**
 * Fetches the counts once; returns whether to go on.
 * @param {HTMLElement} box
 * @param {Element} announcement
 */
async function refresh(box, announcement) {
  try {
    const answer = await fetch(box.dataset["liveCounts"] ?? "", { redirect: "manual" });
    // Signed out, or no longer an organiser.
    if (answer.type === "opaqueredirect" || answer.status === 403) return false;
    if (!answer.ok) return true;
    const list = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("ul");
    if (list) show(box, announcement, document.importNode(list, true));
  } catch {
    // No network at present: the next attempt may succeed.
  }
  return true;
}

/**
 * Refreshes now, and again after each interval while the page is visible.
 * @param {HTMLElement} box
 * @param {Element} announcement
 */
async function poll(box, announcement) {
  clearTimeout(timer);
  if (document.hidden || !(await refresh(box, announcement))) return;
  // Hidden meanwhile: polling starts again when the page becomes visible.
  if (!document.hidden) timer = setTimeout(poll, INTERVAL, box, announcement);
}

if (box && announcement) {
  timer = setTimeout(poll, INTERVAL, box, announcement);
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (!document.hidden) void poll(box, announcement);
  });
}
