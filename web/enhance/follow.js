// Keeps a page up to date while something goes on at the server. The page says so by itself: an element with `data-follow`
// while it does, and elements with `data-live` and an id for what changes. Without this script a link reloads the page.

/** Milliseconds between two looks. */
const EVERY = 3000;

/** When the server does not answer, looks come less and less often, up to this. */
const AT_MOST = 60_000;

/** Replaces what differs and nothing else, so that nobody's focus or reading place is lost. */
function refresh(page) {
  for (const part of document.querySelectorAll("[data-live]")) {
    const now = page.getElementById(part.id);
    if (now && now.innerHTML !== part.innerHTML) {
      part.replaceChildren(...now.childNodes);
    }
  }
}

/** Looks once, and again later unless all is done. */
async function look(wait) {
  let next = EVERY;
  if (!document.hidden) {
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      refresh(page);
      if (!page.querySelector("[data-follow]")) return;
    } catch {
      next = Math.min(wait * 2, AT_MOST);
    }
  }
  setTimeout(look, next, next);
}

if (document.querySelector("[data-follow]")) {
  setTimeout(look, EVERY, EVERY);
}
