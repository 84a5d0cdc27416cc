// Fills a board through the organiser's import page.
import { ORGANISER, signIn } from "./actions.js";
import { saved } from "./boards.js";

const FAMILIES = ["economic_networks", "federations", "facilitators", "buyer_networks", "experts", "elected", "purchasing", "finance", "technical", "legal", "users"];
const LINKS = ["decides", "prescribes", "informs", "funds", "supplies", "supports", "opposes", "co_builds"];

/**
 * A board of stakeholders as a file: cards in rows, links mostly between neighbours.
 * @param {number} cards
 * @param {number} links
 */
export function stakeholders(cards, links) {
  const wide = Math.ceil(Math.sqrt(cards));
  const place = (/** @type {number} */ at) => ({ x: (at % wide) * 260, y: Math.floor(at / wide) * 180 });
  const card = (/** @type {number} */ at) => ({
    ...place(at),
    rank: at + 1,
    fields: { name: `Acteur ${at + 1} du territoire`, family: FAMILIES[at % FAMILIES.length], internal: at % 3 === 0 ? "internal" : "external", power: (at * 37) % 101, interest: (at * 53) % 101 },
  });
  const link = (/** @type {number} */ at) => {
    const from = (at * 7) % cards;
    const to = (from + [1, wide, wide + 1, 3][at % 4] + (at % 11 === 0 ? wide * 4 : 0)) % cards;
    return { from: `c${from}`, to: `c${to === from ? (to + 1) % cards : to}`, kind: LINKS[at % LINKS.length], strength: 1 + (at % 3), note: "" };
  };
  return {
    kind: "stakeholders",
    cards: Object.fromEntries(Array.from({ length: cards }, (_, at) => [`c${at}`, card(at)])),
    links: Object.fromEntries(Array.from({ length: links }, (_, at) => [`l${at}`, link(at)])),
  };
}

/**
 * Signs the organiser in, imports a file into the board of this workshop, and ends on the board.
 * @param {import("playwright-core").Page} page
 * @param {string} slug
 * @param {object} board as its JSON export says it
 */
export async function fill(page, slug, board) {
  await signIn(page, ORGANISER);
  await page.goto(`/evenements/${slug}/tableau`);
  await page.locator('a[href$="/importer"]').click();
  await page.locator("#fichier").setInputFiles({ name: "tableau.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(board)) });
  await page.locator('form:has(#fichier) button').click();
  await page.locator("button[name=confirmer]").click();
  await page.waitForURL("**/tableaux/*");
  await saved(page);
}
