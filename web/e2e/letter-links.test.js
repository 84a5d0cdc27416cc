// The pages that letters lead to, each looked at by axe on a desk and on a phone: a seat offered, accepted or declined; a seat
// handed over; somebody who cannot come; an event that is cancelled; which letters come; one's own feed.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { confirm, followLetter, openLetter, register, signIn } from "./actions.js";
import { axe, openBrowser, sidewaysScroll, withPage } from "./browser.js";
import { ORGANISER } from "./fill.js";
import { Server } from "./server.js";

const WEBINAR = "webinaire-spaser-quezaco";
const WORKSHOP = "atelier-1-role-de-l-acheteur";
const OUT = join(import.meta.dirname, "out");

/** @type {Server} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;

before(async () => {
  [server, browser] = await Promise.all([Server.start(), openBrowser()]);
  await mkdir(OUT, { recursive: true });
});
after(async () => {
  await browser.close();
  await server.stop();
});

/**
 * Looks at a page as axe does, on a desk and on a phone, and leaves a picture.
 * @param {import("playwright-core").Page} page
 * @param {string} name
 */
async function look(page, name) {
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 });
    assert.equal(await sidewaysScroll(page), 0, `${name} at ${width} px`);
    assert.deepEqual(await axe(page), [], `${name} at ${width} px`);
    await page.screenshot({ path: join(OUT, `lien-${name}-${width}.png`), fullPage: true });
  }
}

/** @param {string} name */
const who = (name) => ({ name, email: `${name.toLowerCase()}@exemple.fr` });

/**
 * Sets how many seats a workshop has.
 * @param {number} seats
 */
async function setSeats(seats) {
  await withPage(browser, server.url, {}, async (page) => {
    await signIn(page, ORGANISER);
    await page.goto(`/organisation/evenements/${WORKSHOP}/capacite?places=${seats}`);
    await page.getByRole("button", { name: "Appliquer ce changement" }).click();
    await page.getByText("Le nombre de places est changé").waitFor();
  });
}

test("a seat that is offered is accepted, or declined, with a button", async () => {
  await setSeats(1);
  const [ada, bob, cleo] = [who("Ada"), who("Bob"), who("Cleo")];
  await withPage(browser, server.url, {}, async (page) => {
    await register(page, WORKSHOP, ada);
    await confirm(page, ada.email);
    for (const person of [bob, cleo]) await register(page, WORKSHOP, person);
    await openLetter(page, ada.email, "confirmed");
    await followLetter(page);
    await look(page, "confirmee");
    await page.getByRole("link", { name: "Me désinscrire" }).click();
    await look(page, "desinscrire");
    await page.getByRole("button", { name: "Me désinscrire" }).click();
    await page.getByText("Vous n’êtes plus inscrit").waitFor();
    await look(page, "desinscrite");
    await openLetter(page, bob.email, "seat-offered");
    await followLetter(page);
    await page.getByText("Une place s’est libérée pour vous.").waitFor();
    await look(page, "place-offerte");
    await page.getByRole("button", { name: "Je ne viendrai pas" }).click();
    await page.getByText("Vous n’êtes plus inscrit").waitFor();
    await openLetter(page, cleo.email, "seat-offered");
    await followLetter(page);
    await page.getByRole("button", { name: "J’accepte la place" }).click();
    await page.getByText("Votre inscription est confirmée").waitFor();
  });
});

test("a seat is handed over, accepted once, and the link says so afterwards", async () => {
  const [dan, eve] = [who("Dan"), who("Eve")];
  await withPage(browser, server.url, { expected: /4(10|22)/ }, async (page) => {
    await register(page, WEBINAR, dan);
    await confirm(page, dan.email);
    await page.getByRole("link", { name: "Transmettre ma place" }).click();
    await page.getByRole("button", { name: "Lui proposer ma place" }).click();
    await look(page, "transmettre-a-corriger");
    await page.getByLabel("Prénom et nom").fill(eve.name);
    await page.getByLabel("Son adresse électronique").fill(eve.email);
    await page.getByRole("button", { name: "Lui proposer ma place" }).click();
    await page.getByText(`Nous avons écrit à ${eve.email}`).waitFor();
    await look(page, "transmettre-demande");
    await openLetter(page, eve.email, "hand-over");
    await followLetter(page);
    const address = page.url();
    await look(page, "transmission");
    await page.getByRole("button", { name: "J’accepte la place" }).click();
    await look(page, "transmission-a-corriger");
    await page.getByLabel(/^Je suis Eve/).check();
    await page.getByRole("button", { name: "J’accepte la place" }).click();
    await page.getByText("Votre inscription est confirmée").waitFor();
    await page.goto(address);
    await page.getByText("Vous avez accepté cette place").waitFor();
    await look(page, "transmission-deja-prise");
    await openLetter(page, dan.email, "confirmed");
    await followLetter(page);
    await page.getByText("qui l’a acceptée").waitFor();
    await look(page, "transmise");
  });
});

test("a seat that is handed over is declined, asked back, and proposed to somebody else", async () => {
  const [hal, ivy, jan] = [who("Hal"), who("Ivy"), who("Jan")];
  const give = async (/** @type {import("playwright-core").Page} */ page, /** @type {{ name: string, email: string }} */ to) => {
    await page.getByLabel("Prénom et nom").fill(to.name);
    await page.getByLabel("Son adresse électronique").fill(to.email);
    await page.getByRole("button", { name: "Lui proposer ma place" }).click();
    await page.getByText(`Nous avons écrit à ${to.email}`).waitFor();
  };
  await withPage(browser, server.url, { script: false }, async (page) => {
    await register(page, WEBINAR, hal);
    await confirm(page, hal.email);
    await page.getByRole("link", { name: "Transmettre ma place" }).click();
    await give(page, ivy);
    await openLetter(page, ivy.email, "hand-over");
    await followLetter(page);
    await page.getByRole("button", { name: "Non merci" }).click();
    await page.getByText("vous ne prenez pas cette place").waitFor();
  });
  await withPage(browser, server.url, {}, async (page) => {
    await openLetter(page, ivy.email, "hand-over");
    await followLetter(page);
    await look(page, "transmission-declinee");
    await openLetter(page, hal.email, "hand-over-declined");
    await followLetter(page);
    await page.getByText("Ivy ne prend pas votre place").waitFor();
    await look(page, "place-declinee");
    await page.getByRole("link", { name: "Transmettre ma place" }).click();
    await give(page, jan);
    await page.getByRole("link", { name: "Revenir à mon inscription" }).click();
    await page.getByText("Jan, qui n’a pas encore répondu").waitFor();
    await look(page, "place-proposee");
    await page.getByRole("link", { name: "La proposer à quelqu’un d’autre" }).click();
    await look(page, "proposer-a-un-autre");
    await signIn(page, hal.email);
    await page.getByText("Proposée à Jan").waitFor();
    await look(page, "mon-parcours-place-proposee");
    await page.getByRole("button", { name: "Garder ma place" }).click();
    await page.getByText("n’est plus proposée à personne").waitFor();
    await look(page, "mon-parcours-place-gardee");
    await openLetter(page, jan.email, "hand-over");
    await followLetter(page);
    await page.getByText("ne vous est plus proposée").waitFor();
    await look(page, "transmission-reprise");
  });
});

test("which letters come is chosen by the link in one of them", async () => {
  const fay = who("Fay");
  await withPage(browser, server.url, {}, async (page) => {
    await register(page, WEBINAR, fay);
    await confirm(page, fay.email);
  });
  await withPage(browser, server.url, {}, async (page) => {
    await signIn(page, ORGANISER);
    await page.goto(`/organisation/evenements/${WEBINAR}/message`);
    await page.getByLabel("Objet").fill("Un mot avant la séance");
    await page.getByLabel("Message").fill("À lire : https://exemple.fr/guide.pdf");
    await page.getByRole("button", { name: "Voir ce qui partirait" }).click();
    await page.getByRole("button", { name: "Envoyer maintenant" }).click();
    await page.getByText(/courriels? part/).waitFor();
  });
  await withPage(browser, server.url, { script: false }, async (page) => {
    await openLetter(page, fay.email, "message");
    await followLetter(page, /courriels-recus/);
    assert.doesNotMatch(page.url(), /fay|ZmF5/);
    await page.getByText(`Pour l’adresse ${fay.email}`).waitFor();
    await page.getByLabel("Les rappels").uncheck();
    await page.getByRole("button", { name: "Enregistrer mon choix" }).click();
    await page.getByText("C’est noté").waitFor();
    assert.equal(await page.getByLabel("Les rappels").isChecked(), false);
    assert.equal(await page.getByLabel("Les annonces").isChecked(), true);
  });
  await withPage(browser, server.url, {}, async (page) => {
    await openLetter(page, fay.email, "message");
    await followLetter(page, /courriels-recus/);
    await look(page, "quels-courriels");
    await page.getByRole("button", { name: "Ne plus recevoir ni" }).click();
    await page.getByText("C’est noté").waitFor();
    await look(page, "plus-de-courriels");
  });
});

test("one's own feed, and an event that is cancelled", async () => {
  const gil = who("Gil");
  await withPage(browser, server.url, {}, async (page) => {
    await register(page, WEBINAR, gil);
    await confirm(page, gil.email);
    await signIn(page, gil.email);
    await page.getByRole("button", { name: "Créer mon agenda privé" }).click();
    await look(page, "mon-parcours");
  });
  await withPage(browser, server.url, {}, async (page) => {
    await signIn(page, ORGANISER);
    await page.goto(`/organisation/evenements/${WEBINAR}/annuler`);
    await page.getByRole("button", { name: /^Annuler/ }).click();
    await page.getByText("C’est fait, et les inscrits sont prévenus").waitFor();
  });
  await withPage(browser, server.url, {}, async (page) => {
    await openLetter(page, gil.email, "event-cancelled");
    await followLetter(page);
    await page.getByText("Vous désinscrire").waitFor();
    await look(page, "annule-desinscrire");
    await page.getByRole("link", { name: "Garder mon inscription" }).click();
    await page.getByText("Ce rendez-vous est annulé.").waitFor();
    await look(page, "annule");
    await page.goto(`/evenements/${WEBINAR}`);
    await page.getByText("Ce rendez-vous est annulé.").waitFor();
    assert.equal(await page.getByRole("link", { name: "Ajouter à mon agenda" }).count(), 0);
    await look(page, "evenement-annule");
  });
});
