// What people do on the pages, as helpers for the tests: register, read letters, confirm, sign in, send forms.
// Everything goes through the pages, the letters and their links; controls are found by ids and by where they lead.

import assert from "node:assert/strict";
import { waitUntil } from "./wait.js";

/** @typedef {import("playwright-core").Page} Page */

export const WEBINAR = "webinaire-spaser-quezaco";
export const WORKSHOP = "atelier-1-role-de-l-acheteur";
export const INDICATORS = "atelier-2-indicateurs";

/** The organiser's address in the demonstration. */
export const ORGANISER = "organisation@exemple.fr";

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
 * Somebody with an address of their own.
 * @param {string} name
 * @returns {Who}
 */
export const who = (name) => ({ name, email: `${name.toLowerCase()}@exemple.fr` });

/**
 * Presses the button of the form that is sent to an address with this end.
 * @param {Page} page
 * @param {string} end
 */
export const press = (page, end) => page.locator(`form[method=post][action$="${end}"] button`).click();

/**
 * Presses the button of a form that does this, where several do something else.
 * @param {Page} page
 * @param {"essai" | "test" | "envoyer"} act
 */
export const submit = (page, act) => page.locator(`button[name=act][value=${act}]`).click();

/**
 * Follows the link to an address with this end.
 * @param {Page} page
 * @param {string} end
 */
export const follow = (page, end) => page.locator(`main a[href$="${end}"]`).click();

/**
 * Fills the fields with these ids.
 * @param {Page} page
 * @param {Record<string, string>} values
 */
export async function fillIn(page, values) {
  for (const [id, value] of Object.entries(values)) await page.locator(`#${id}`).fill(value);
}

/**
 * Fills the form for invitations to the workshop on indicators.
 * @param {Page} page
 * @param {string} people a line each
 * @param {string} subject
 */
export async function writeInvitation(page, people, subject) {
  await fillIn(page, { people, subject, message: "Nous pensons à vous pour cet atelier.\n\nÀ bientôt." });
  await page.locator(`[name=event][value=${INDICATORS}]`).check();
}

/**
 * Gives an event another number of seats, as an organiser.
 * @param {Page} page
 * @param {string} slug the event's
 * @param {number} seats
 */
export async function setCapacity(page, slug, seats) {
  await page.goto(`/organisation/evenements/${slug}/capacite?places=${seats}`);
  await press(page, "/capacite");
  await done(page, "places");
}

/**
 * Waits until the page says that this was done, as the address of the page names it.
 * @param {Page} page
 * @param {string} what
 */
export const done = (page, what) => page.locator(`[data-done="${what}"]`).waitFor();

/**
 * Waits until the page says how the seat stands.
 * @param {Page} page
 * @param {"held" | "offered" | "confirmed" | "waiting" | "cancelled"} state
 */
export const seat = (page, state) => page.locator(`[data-seat="${state}"]`).waitFor();

/**
 * The letters to an address in the demo mailbox, newest first: their kinds, and the paths of their pages.
 * @param {string} url the server's
 * @param {string} email
 */
async function written(url, email) {
  const page = await (await fetch(`${url}/courriels`)).text();
  const cards = [...page.matchAll(/data-kind="([^"]+)" data-recipient="([^"]+)">\s*<h2[^>]*><a href="([^"]+)">/g)];
  return cards.filter(([, , to]) => to === email).map(([, kind, , path]) => ({ kind, path }));
}

/**
 * Does what makes the server write to somebody, and waits until it has: letters about requests follow a moment later.
 * @template T
 * @param {Page} page of the server
 * @param {string} email
 * @param {() => Promise<T>} act
 */
async function writesTo(page, email, act) {
  const { origin } = new URL(page.url());
  const before = (await written(origin, email)).length;
  const result = await act();
  await waitUntil(async () => (await written(origin, email)).length > before, `a letter to ${email}`);
  return result;
}

/**
 * Fills the form of an event and sends it; ends on the page that answers, with a letter written.
 * @param {Page} page
 * @param {string} slug the event's
 * @param {Who} who
 */
export async function register(page, slug, who) {
  await page.goto(`/evenements/${slug}/inscription`);
  await fillIn(page, { name: who.name, email: who.email, organisation: who.organisation ?? "Ville d’Angers" });
  const buyer = page.locator("#buyer");
  if ((await buyer.count()) > 0) await buyer.check();
  await writesTo(page, who.email, async () => {
    await press(page, "/inscription");
    await page.locator("[data-received]").waitFor();
  });
}

/**
 * Takes a seat for each of these people as forms do, without a browser; who comes too late waits.
 * @param {string} url the server's
 * @param {string} slug the event's
 * @param {readonly Who[]} people
 */
export async function takeSeats(url, slug, people) {
  const send = async (/** @type {string} */ path, /** @type {Record<string, string>} */ fields) => {
    const answer = await fetch(`${url}${path}`, { method: "POST", body: new URLSearchParams(fields), headers: { origin: url }, redirect: "manual" });
    assert.equal(answer.status, 303);
  };
  for (const who of people) {
    await send(`/evenements/${slug}/inscription`, { name: who.name, email: who.email, organisation: who.organisation ?? "Ville", buyer: "oui" });
  }
  for (const who of people) {
    const letter = await waitUntil(async () => (await written(url, who.email)).find(({ kind }) => kind === "please-confirm"), `a letter to ${who.email}`);
    const page = await (await fetch(`${url}${letter.path}`)).text();
    const path = page.match(/\/demandes\/[\w-]+/)?.[0];
    if (path === undefined) throw new Error(`no link in the letter:\n${page}`);
    await send(path, { "": "" });
  }
}

/**
 * The letters in the demo mailbox, newest first; of this kind, to this address.
 * @param {Page} page
 * @param {Kind} kind
 * @param {string} [email]
 */
export const letters = (page, kind, email) =>
  page.locator(`[data-kind="${kind}"]${email === undefined ? "" : `[data-recipient="${email}"]`}`);

/**
 * Opens the newest letter of this kind to this address in the demo mailbox.
 * @param {Page} page
 * @param {string} email
 * @param {Kind} kind
 */
export async function openLetter(page, email, kind) {
  await waitUntil(async () => {
    await page.goto("/courriels");
    return (await letters(page, kind, email).count()) > 0;
  }, `a letter to ${email}`);
  await letters(page, kind, email).first().getByRole("link").click();
  await page.waitForURL("**/courriels/*");
}

/**
 * Follows the link in the open letter. The address is read from its text: the letter's frame runs no script, so
 * nothing in it can be clicked from here.
 * @param {Page} page
 * @param {RegExp} path what the address holds
 */
export async function followLetter(page, path = /\/(?:inscriptions|demandes|connexion|invitations|transmissions)\//) {
  const text = await page.locator("pre").textContent();
  const address = text?.match(/https?:\/\/\S+/g)?.find((address) => path.test(address));
  if (address === undefined) throw new Error(`no link in the letter:\n${text}`);
  return page.goto(address);
}

/**
 * Opens the page to which the newest letter of this kind leads; what the server answered.
 * @param {Page} page
 * @param {string} email
 * @param {Kind} kind
 * @param {RegExp} [path] what the address holds
 */
export async function openFromLetter(page, email, kind, path) {
  await openLetter(page, email, kind);
  return followLetter(page, path);
}

/**
 * The button that proves a request.
 * @param {Page} page
 */
export const proof = (page) => page.locator('form[action^="/demandes/"] button');

/**
 * Proves the request that `register` made; ends on the page of the registration.
 * @param {Page} page
 * @param {string} email
 */
export async function prove(page, email) {
  await openFromLetter(page, email, "please-confirm");
  await proof(page).click();
  await page.locator("[data-seat]").waitFor();
}

/**
 * Proves the request that `register` made, which gives a seat.
 * @param {Page} page
 * @param {string} email
 */
export async function confirm(page, email) {
  await prove(page, email);
  await seat(page, "confirmed");
}

/**
 * Registers and confirms; ends on the page of the registration.
 * @param {Page} page
 * @param {string} slug the event's
 * @param {Who} who
 */
export async function takeSeat(page, slug, who) {
  await register(page, slug, who);
  await confirm(page, who.email);
}

/**
 * Registers for an event that is full; ends on the page of the registration.
 * @param {Page} page
 * @param {string} slug the event's
 * @param {Who} who
 */
export async function waitForSeat(page, slug, who) {
  await register(page, slug, who);
  await prove(page, who.email);
  await seat(page, "waiting");
}

/**
 * Asks for a sign-in link on the page for that; ends with its letter written.
 * @param {Page} page
 * @param {string} email
 */
export async function askForLink(page, email) {
  await page.goto("/connexion");
  await fillIn(page, { email });
  await writesTo(page, email, async () => {
    await press(page, "/connexion");
    await page.locator("#link-sent").waitFor();
  });
}

/**
 * Asks for a link, follows it, presses its button; ends signed in on /mon-parcours.
 * @param {Page} page
 * @param {string} email
 */
export async function signIn(page, email) {
  await askForLink(page, email);
  await openFromLetter(page, email, "sign-in");
  await page.locator('form[action^="/connexion/"] button').click();
  await page.waitForURL("**/mon-parcours");
}
