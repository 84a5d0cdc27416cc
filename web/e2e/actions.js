// A participant's actions as helpers for the tests: register, read letters, confirm, sign in.
// Everything goes through the pages, the letters and their links.

/**
 * @typedef {object} Who
 * @property {string} name
 * @property {string} email
 * @property {string} [organisation]
 */

/**
 * The letters that the tests read.
 * @typedef {"please-confirm" | "confirmed" | "waiting" | "promoted" | "seat-offered" | "offer-lapsed" | "already-registered"
 *   | "cancelled" | "invitation" | "reminder" | "sign-in" | "hand-over" | "hand-over-declined" | "event-cancelled" | "message"
 *   | "parcours"} Kind
 */

/**
 * Fills the form of an event and sends it; ends on the page that answers.
 * @param {import("playwright-core").Page} page
 * @param {string} slug the event's
 * @param {Who} who
 */
export async function register(page, slug, who) {
  await page.goto(`/evenements/${slug}/inscription`);
  await page.locator("#name").fill(who.name);
  await page.locator("#email").fill(who.email);
  await page.locator("#organisation").fill(who.organisation ?? "Ville d’Angers");
  const buyer = page.locator("#buyer");
  if ((await buyer.count()) > 0) await buyer.check();
  await page.locator('form[action$="/inscription"] button').click();
}

/**
 * The letters in the demo mailbox, newest first; of this kind, to this address.
 * @param {import("playwright-core").Page} page
 * @param {Kind} kind
 * @param {string} [email]
 */
export const letters = (page, kind, email) =>
  page.locator(`[data-kind="${kind}"]${email === undefined ? "" : `[data-recipient="${email}"]`}`);

/**
 * Opens the newest letter of this kind to this address in the demo mailbox.
 * @param {import("playwright-core").Page} page
 * @param {string} email
 * @param {Kind} kind
 */
export async function openLetter(page, email, kind) {
  await page.goto("/courriels");
  await letters(page, kind, email).first().getByRole("link").click();
  await page.waitForURL("**/courriels/*");
}

/**
 * Follows the link in the open letter. The address is read from its text: the letter's frame runs no script, so
 * nothing in it can be clicked from here.
 * @param {import("playwright-core").Page} page
 * @param {RegExp} path what the address holds
 */
export async function followLetter(page, path = /\/(?:inscriptions|connexion|invitations|transmissions)\//) {
  const text = await page.locator("pre").textContent();
  const address = text?.match(/https?:\/\/\S+/g)?.find((address) => path.test(address));
  if (address === undefined) throw new Error(`no link in the letter:\n${text}`);
  await page.goto(address);
}

/**
 * Confirms the registration that `register` asked for.
 * @param {import("playwright-core").Page} page
 * @param {string} email
 */
export async function confirm(page, email) {
  await openLetter(page, email, "please-confirm");
  await followLetter(page);
  await page.locator('form[action$="/confirmer"] button').click();
  await page.locator("[data-seat=confirmed]").waitFor();
}

/**
 * Asks for a link, follows it, presses its button; ends signed in on /mon-parcours.
 * @param {import("playwright-core").Page} page
 * @param {string} email
 */
export async function signIn(page, email) {
  await page.goto("/connexion");
  await page.locator("#email").fill(email);
  await page.locator('form[action="/connexion"] button').click();
  await page.locator("#link-sent").waitFor();
  await openLetter(page, email, "sign-in");
  await followLetter(page);
  await page.locator('form[action^="/connexion/"] button').click();
  await page.waitForURL("**/mon-parcours");
}
