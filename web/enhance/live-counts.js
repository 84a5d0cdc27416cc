// Keeps the counts of an organiser's event page up to date. Without it they are those of when the page was loaded.

/** Seldom enough for a whole team to leave the page open, often enough to follow the opening of registrations. */
const EVERY_MS = 10_000;

const box = document.querySelector("[data-live-counts]");
const said = document.querySelector("[data-live-said]");
let timer = 0;

/** @param {Element} list */
const texts = (list) => [...list.querySelectorAll("li")].map((item) => item.textContent.trim());

/** Shows the new list, and tells assistive technology what is new in it. @param {Element} list */
function show(list) {
  const old = box.querySelector("ul");
  const before = texts(old);
  const changed = texts(list).filter((text) => !before.includes(text));
  if (changed.length === 0 && list.children.length === old.children.length) return;
  old.replaceWith(list);
  said.textContent = changed.join(", ");
}

/** Asks once; whether to go on asking. @returns {Promise<boolean>} */
async function ask() {
  try {
    const answer = await fetch(box.dataset.liveCounts, { redirect: "manual" });
    // Signed out, or no organiser any more.
    if (answer.type === "opaqueredirect" || answer.status === 403) return false;
    if (!answer.ok) return true;
    const list = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("ul");
    if (list) show(document.importNode(list, true));
  } catch {
    // No network: it may come back.
  }
  return true;
}

async function goOn() {
  clearTimeout(timer);
  if (document.hidden || !(await ask())) return;
  // Hidden meanwhile: the page asks again when it is seen again.
  if (!document.hidden) timer = setTimeout(goOn, EVERY_MS);
}

if (box && said) {
  timer = setTimeout(goOn, EVERY_MS);
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (!document.hidden) goOn();
  });
}
