// Refreshes a page while something is in progress at the server. The page marks this with an element `data-follow`,
// and the parts to refresh with `data-live` and an id. Without this script a link reloads the page.

/** Milliseconds between two requests. */
const EVERY = 3000;

/** Longest interval, in milliseconds, when the server does not answer: it doubles up to this. */
const AT_MOST = 60_000;

/**
 * Replaces only the parts that differ, so that focus and scroll position are kept.
 * @param {Document} page the page as it is now at the server
 */
function refresh(page) {
  for (const part of document.querySelectorAll("[data-live]")) {
    const now = page.getElementById(part.id);
    if (now && now.innerHTML !== part.innerHTML) {
      part.replaceChildren(...now.childNodes);
    }
  }
}

/** Whether something was still in progress at the last request. */
let going = document.querySelector("[data-follow]") !== null;
let wait = EVERY;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** @param {number} milliseconds */
function lookIn(milliseconds) {
  clearTimeout(timer);
  timer = setTimeout(look, milliseconds);
}

/** Requests the page once, and again later while something is in progress. Pauses while the page is hidden. */
async function look() {
  if (document.hidden) return;
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    // Read before the new parts are moved to this page.
    going = page.querySelector("[data-follow]") !== null;
    refresh(page);
    wait = EVERY;
  } catch {
    wait = Math.min(wait * 2, AT_MOST);
  }
  if (going) lookIn(wait);
}

if (going) {
  lookIn(EVERY);
  document.addEventListener("visibilitychange", () => {
    if (going && !document.hidden) lookIn(0);
  });
}
