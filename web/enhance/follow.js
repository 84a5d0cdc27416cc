// Keeps a page up to date while something goes on at the server. The page says so by itself: an element with `data-follow`
// while it does, and elements with `data-live` and an id for what changes. Without this script a link reloads the page.

/** Milliseconds between two looks. */
const EVERY = 3000;

/** When the server does not answer, looks come less and less often, up to this. */
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

/** Whether something still goes on, as far as is known. */
let going = document.querySelector("[data-follow]") !== null;
let wait = EVERY;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** @param {number} milliseconds */
function lookIn(milliseconds) {
  clearTimeout(timer);
  timer = setTimeout(look, milliseconds);
}

/** Looks once, and again later unless all is done. Nobody looks at a hidden page. */
async function look() {
  if (document.hidden) return;
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    // Asked before what is new moves over to this page.
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
