// The pages that letters lead to, each looked at by axe on a desk and on a phone: a seat offered, accepted or declined; a seat
// handed over; somebody who cannot come; an event that is cancelled; which letters come; one's own feed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { done, fillIn, follow, openFromLetter, ORGANISER, press, seat, setCapacity, signIn, submit, takeSeat, waitForSeat, WEBINAR, who, WORKSHOP } from "./actions.js";
import { looksRight, Site } from "./site.js";


/** A desk and a phone, in CSS pixels. */
const WIDTHS = [1440, 390];

const site = Site.forTests();

/** @typedef {import("playwright-core").Page} Page */

/**
 * Sets how many seats a workshop has.
 * @param {number} seats
 */
async function setSeats(seats) {
  await site.visit({}, async (page) => {
    await signIn(page, ORGANISER);
    await setCapacity(page, WORKSHOP, seats);
  });
}

/**
 * Proposes the seat to somebody, in the form that is open.
 * @param {Page} page
 * @param {import("./actions.js").Who} to
 */
async function give(page, to) {
  await fillIn(page, { name: to.name, email: to.email });
  await press(page, "/transmettre");
  await transfer(page, "pending").filter({ hasText: to.email }).waitFor();
}

/**
 * What says how far the handing over of a seat is.
 * @param {Page} page
 * @param {"pending" | "accepted" | "declined" | "withdrawn"} state
 */
const transfer = (page, state) => page.locator(`[data-transfer="${state}"]`);

/**
 * The button that takes the seat.
 * @param {Page} page
 */
const take = (page) => page.locator("form:has(#colleague) button");

test("a seat that is offered is accepted, or declined, with a button", async () => {
  await setSeats(1);
  const [ada, bob, cleo] = [who("Ada"), who("Bob"), who("Cleo")];
  await site.visit({}, async (page) => {
    await takeSeat(page, WORKSHOP, ada);
    for (const person of [bob, cleo]) await waitForSeat(page, WORKSHOP, person);
    await openFromLetter(page, ada.email, "confirmed");
    await looksRight(page, "lien-confirmee", WIDTHS);
    await follow(page, "?annuler=1");
    await looksRight(page, "lien-desinscrire", WIDTHS);
    await press(page, "/annuler");
    await seat(page, "cancelled");
    await looksRight(page, "lien-desinscrite", WIDTHS);
    await openFromLetter(page, bob.email, "seat-offered");
    await seat(page, "offered");
    await looksRight(page, "lien-place-offerte", WIDTHS);
    await press(page, "/annuler");
    await seat(page, "cancelled");
    await openFromLetter(page, cleo.email, "seat-offered");
    await press(page, "/confirmer");
    await seat(page, "confirmed");
  });
});

test("a seat is handed over, accepted once, and the link says so afterwards", async () => {
  const [dan, eve] = [who("Dan"), who("Eve")];
  await site.visit({ expected: /4(10|22)/ }, async (page) => {
    await takeSeat(page, WEBINAR, dan);
    await follow(page, "/transmettre");
    await press(page, "/transmettre");
    await looksRight(page, "lien-transmettre-a-corriger", WIDTHS);
    await give(page, eve);
    await looksRight(page, "lien-transmettre-demande", WIDTHS);
    await openFromLetter(page, eve.email, "hand-over");
    const address = page.url();
    await looksRight(page, "lien-transmission", WIDTHS);
    await take(page).click();
    await looksRight(page, "lien-transmission-a-corriger", WIDTHS);
    await page.locator("#colleague").check();
    await take(page).click();
    await seat(page, "confirmed");
    await page.goto(address);
    await transfer(page, "accepted").waitFor();
    await looksRight(page, "lien-transmission-deja-prise", WIDTHS);
    await openFromLetter(page, dan.email, "confirmed");
    await transfer(page, "accepted").waitFor();
    await looksRight(page, "lien-transmise", WIDTHS);
  });
});

test("a seat that is handed over is declined, asked back, and proposed to somebody else", async () => {
  const [hal, ivy, jan] = [who("Hal"), who("Ivy"), who("Jan")];
  await site.visit({ script: false }, async (page) => {
    await takeSeat(page, WEBINAR, hal);
    await follow(page, "/transmettre");
    await give(page, ivy);
    await openFromLetter(page, ivy.email, "hand-over");
    await press(page, "/decliner");
    await transfer(page, "declined").waitFor();
  });
  await site.visit({}, async (page) => {
    await openFromLetter(page, ivy.email, "hand-over");
    await looksRight(page, "lien-transmission-declinee", WIDTHS);
    await openFromLetter(page, hal.email, "hand-over-declined");
    await transfer(page, "declined").filter({ hasText: ivy.name }).waitFor();
    await looksRight(page, "lien-place-declinee", WIDTHS);
    await follow(page, "/transmettre");
    await give(page, jan);
    await page.locator(".actions a").click();
    await transfer(page, "pending").filter({ hasText: jan.name }).waitFor();
    await looksRight(page, "lien-place-proposee", WIDTHS);
    await follow(page, "/transmettre");
    await looksRight(page, "lien-proposer-a-un-autre", WIDTHS);
    await signIn(page, hal.email);
    await transfer(page, "pending").filter({ hasText: jan.name }).waitFor();
    await looksRight(page, "lien-mon-parcours-place-proposee", WIDTHS);
    await press(page, "/reprendre");
    await done(page, "reprise");
    await looksRight(page, "lien-mon-parcours-place-gardee", WIDTHS);
    await openFromLetter(page, jan.email, "hand-over");
    await transfer(page, "withdrawn").waitFor();
    await looksRight(page, "lien-transmission-reprise", WIDTHS);
  });
});

test("which letters come is chosen by the link in one of them", async () => {
  const fay = who("Fay");
  await site.visit({}, async (page) => {
    await takeSeat(page, WEBINAR, fay);
  });
  await site.visit({}, async (page) => {
    await signIn(page, ORGANISER);
    await page.goto(`/organisation/evenements/${WEBINAR}/message`);
    await fillIn(page, { subject: "Un mot avant la séance", message: "À lire : https://exemple.fr/guide.pdf" });
    await submit(page, "essai");
    await submit(page, "envoyer");
    await done(page, "envoye");
  });
  await site.visit({ script: false }, async (page) => {
    await openFromLetter(page, fay.email, "message", /courriels-recus/);
    assert.doesNotMatch(page.url(), /fay|ZmF5/);
    await page.getByText(fay.email).waitFor();
    await page.locator("#reminders").uncheck();
    await page.locator("button[name=choose][value=oui]").click();
    await page.getByRole("status").waitFor();
    assert.equal(await page.locator("#reminders").isChecked(), false);
    assert.equal(await page.locator("#announcements").isChecked(), true);
  });
  await site.visit({}, async (page) => {
    await openFromLetter(page, fay.email, "message", /courriels-recus/);
    await looksRight(page, "lien-quels-courriels", WIDTHS);
    await page.locator("button[name=choose][value=rien]").click();
    await page.getByRole("status").waitFor();
    await looksRight(page, "lien-plus-de-courriels", WIDTHS);
  });
});

test("one's own feed, and an event that is cancelled", async () => {
  const gil = who("Gil");
  await site.visit({}, async (page) => {
    await takeSeat(page, WEBINAR, gil);
    await signIn(page, gil.email);
    await press(page, "/flux");
    await looksRight(page, "lien-mon-parcours", WIDTHS);
  });
  await site.visit({}, async (page) => {
    await signIn(page, ORGANISER);
    await page.goto(`/organisation/evenements/${WEBINAR}/annuler`);
    await press(page, "/annuler");
    await done(page, "etat");
  });
  await site.visit({}, async (page) => {
    await openFromLetter(page, gil.email, "event-cancelled");
    await page.locator('form[action$="/annuler"]').waitFor();
    await looksRight(page, "lien-annule-desinscrire", WIDTHS);
    await page.locator('form[action$="/annuler"] a').click();
    await page.getByText("Ce rendez-vous est annulé.").waitFor();
    await looksRight(page, "lien-annule", WIDTHS);
    await page.goto(`/evenements/${WEBINAR}`);
    await page.getByText("Ce rendez-vous est annulé.").waitFor();
    assert.equal(await page.locator('main a[href$=".ics"]').count(), 0);
    await looksRight(page, "lien-evenement-annule", WIDTHS);
  });
});
