// The pages that letters lead to, each looked at by axe on a desk and on a phone: a seat offered, accepted or declined; a seat
// handed over; somebody who cannot come; an event that is cancelled; which letters come; one's own feed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { confirm, followLetter, openLetter, register, signIn } from "./actions.js";
import { ORGANISER } from "./fill.js";
import { looksRight, Site } from "./site.js";

const WEBINAR = "webinaire-spaser-quezaco";
const WORKSHOP = "atelier-1-role-de-l-acheteur";

/** A desk and a phone, in CSS pixels. */
const WIDTHS = [1440, 390];

const site = Site.forTests();

/** @param {string} name */
const who = (name) => ({ name, email: `${name.toLowerCase()}@exemple.fr` });

/**
 * Sets how many seats a workshop has.
 * @param {number} seats
 */
async function setSeats(seats) {
  await site.visit({}, async (page) => {
    await signIn(page, ORGANISER);
    await page.goto(`/organisation/evenements/${WORKSHOP}/capacite?places=${seats}`);
    await page.getByRole("button", { name: "Appliquer ce changement" }).click();
    await page.getByText("Le nombre de places est changé").waitFor();
  });
}

test("a seat that is offered is accepted, or declined, with a button", async () => {
  await setSeats(1);
  const [ada, bob, cleo] = [who("Ada"), who("Bob"), who("Cleo")];
  await site.visit({}, async (page) => {
    await register(page, WORKSHOP, ada);
    await confirm(page, ada.email);
    for (const person of [bob, cleo]) await register(page, WORKSHOP, person);
    await openLetter(page, ada.email, "confirmed");
    await followLetter(page);
    await looksRight(page, "lien-confirmee", WIDTHS);
    await page.getByRole("link", { name: "Me désinscrire" }).click();
    await looksRight(page, "lien-desinscrire", WIDTHS);
    await page.getByRole("button", { name: "Me désinscrire" }).click();
    await page.getByText("Vous n’êtes plus inscrit").waitFor();
    await looksRight(page, "lien-desinscrite", WIDTHS);
    await openLetter(page, bob.email, "seat-offered");
    await followLetter(page);
    await page.getByText("Une place s’est libérée pour vous.").waitFor();
    await looksRight(page, "lien-place-offerte", WIDTHS);
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
  await site.visit({ expected: /4(10|22)/ }, async (page) => {
    await register(page, WEBINAR, dan);
    await confirm(page, dan.email);
    await page.getByRole("link", { name: "Transmettre ma place" }).click();
    await page.getByRole("button", { name: "Lui proposer ma place" }).click();
    await looksRight(page, "lien-transmettre-a-corriger", WIDTHS);
    await page.getByLabel("Prénom et nom").fill(eve.name);
    await page.getByLabel("Son adresse électronique").fill(eve.email);
    await page.getByRole("button", { name: "Lui proposer ma place" }).click();
    await page.getByText(`Nous avons écrit à ${eve.email}`).waitFor();
    await looksRight(page, "lien-transmettre-demande", WIDTHS);
    await openLetter(page, eve.email, "hand-over");
    await followLetter(page);
    const address = page.url();
    await looksRight(page, "lien-transmission", WIDTHS);
    await page.getByRole("button", { name: "J’accepte la place" }).click();
    await looksRight(page, "lien-transmission-a-corriger", WIDTHS);
    await page.getByLabel(/^Je suis Eve/).check();
    await page.getByRole("button", { name: "J’accepte la place" }).click();
    await page.getByText("Votre inscription est confirmée").waitFor();
    await page.goto(address);
    await page.getByText("Vous avez accepté cette place").waitFor();
    await looksRight(page, "lien-transmission-deja-prise", WIDTHS);
    await openLetter(page, dan.email, "confirmed");
    await followLetter(page);
    await page.getByText("qui l’a acceptée").waitFor();
    await looksRight(page, "lien-transmise", WIDTHS);
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
  await site.visit({ script: false }, async (page) => {
    await register(page, WEBINAR, hal);
    await confirm(page, hal.email);
    await page.getByRole("link", { name: "Transmettre ma place" }).click();
    await give(page, ivy);
    await openLetter(page, ivy.email, "hand-over");
    await followLetter(page);
    await page.getByRole("button", { name: "Non merci" }).click();
    await page.getByText("vous ne prenez pas cette place").waitFor();
  });
  await site.visit({}, async (page) => {
    await openLetter(page, ivy.email, "hand-over");
    await followLetter(page);
    await looksRight(page, "lien-transmission-declinee", WIDTHS);
    await openLetter(page, hal.email, "hand-over-declined");
    await followLetter(page);
    await page.getByText("Ivy ne prend pas votre place").waitFor();
    await looksRight(page, "lien-place-declinee", WIDTHS);
    await page.getByRole("link", { name: "Transmettre ma place" }).click();
    await give(page, jan);
    await page.getByRole("link", { name: "Revenir à mon inscription" }).click();
    await page.getByText("Jan, qui n’a pas encore répondu").waitFor();
    await looksRight(page, "lien-place-proposee", WIDTHS);
    await page.getByRole("link", { name: "La proposer à quelqu’un d’autre" }).click();
    await looksRight(page, "lien-proposer-a-un-autre", WIDTHS);
    await signIn(page, hal.email);
    await page.getByText("Proposée à Jan").waitFor();
    await looksRight(page, "lien-mon-parcours-place-proposee", WIDTHS);
    await page.getByRole("button", { name: "Garder ma place" }).click();
    await page.getByText("n’est plus proposée à personne").waitFor();
    await looksRight(page, "lien-mon-parcours-place-gardee", WIDTHS);
    await openLetter(page, jan.email, "hand-over");
    await followLetter(page);
    await page.getByText("ne vous est plus proposée").waitFor();
    await looksRight(page, "lien-transmission-reprise", WIDTHS);
  });
});

test("which letters come is chosen by the link in one of them", async () => {
  const fay = who("Fay");
  await site.visit({}, async (page) => {
    await register(page, WEBINAR, fay);
    await confirm(page, fay.email);
  });
  await site.visit({}, async (page) => {
    await signIn(page, ORGANISER);
    await page.goto(`/organisation/evenements/${WEBINAR}/message`);
    await page.getByLabel("Objet").fill("Un mot avant la séance");
    await page.getByLabel("Message").fill("À lire : https://exemple.fr/guide.pdf");
    await page.getByRole("button", { name: "Voir ce qui partirait" }).click();
    await page.getByRole("button", { name: "Envoyer maintenant" }).click();
    await page.getByText(/courriels? part/).waitFor();
  });
  await site.visit({ script: false }, async (page) => {
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
  await site.visit({}, async (page) => {
    await openLetter(page, fay.email, "message");
    await followLetter(page, /courriels-recus/);
    await looksRight(page, "lien-quels-courriels", WIDTHS);
    await page.getByRole("button", { name: "Ne plus recevoir ni" }).click();
    await page.getByText("C’est noté").waitFor();
    await looksRight(page, "lien-plus-de-courriels", WIDTHS);
  });
});

test("one's own feed, and an event that is cancelled", async () => {
  const gil = who("Gil");
  await site.visit({}, async (page) => {
    await register(page, WEBINAR, gil);
    await confirm(page, gil.email);
    await signIn(page, gil.email);
    await page.getByRole("button", { name: "Créer mon agenda privé" }).click();
    await looksRight(page, "lien-mon-parcours", WIDTHS);
  });
  await site.visit({}, async (page) => {
    await signIn(page, ORGANISER);
    await page.goto(`/organisation/evenements/${WEBINAR}/annuler`);
    await page.getByRole("button", { name: /^Annuler/ }).click();
    await page.getByText("C’est fait, et les inscrits sont prévenus").waitFor();
  });
  await site.visit({}, async (page) => {
    await openLetter(page, gil.email, "event-cancelled");
    await followLetter(page);
    await page.getByText("Vous désinscrire").waitFor();
    await looksRight(page, "lien-annule-desinscrire", WIDTHS);
    await page.getByRole("link", { name: "Garder mon inscription" }).click();
    await page.getByText("Ce rendez-vous est annulé.").waitFor();
    await looksRight(page, "lien-annule", WIDTHS);
    await page.goto(`/evenements/${WEBINAR}`);
    await page.getByText("Ce rendez-vous est annulé.").waitFor();
    assert.equal(await page.getByRole("link", { name: "Ajouter à mon agenda" }).count(), 0);
    await looksRight(page, "lien-evenement-annule", WIDTHS);
  });
});
