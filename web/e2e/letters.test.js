// Letters, calendars and invitations in a real browser: every page is looked at by axe, on a desk and on a phone; what the
// organisers do works without JavaScript.
import assert from "node:assert/strict";
import { test } from "node:test";
import { confirm, followLetter, openLetter, register, signIn } from "./actions.js";
import { looksRight, Site } from "./site.js";

const WEBINAR = "webinaire-spaser-quezaco";

const site = Site.forTests("--organiser-emails", "equipe@exemple.fr");

test("the page of ways to subscribe", async () => {
  await site.visit({ script: false }, async (page) => {
    await page.goto("/");
    await page.getByRole("link", { name: "Google, Outlook" }).click();
    await page.getByText("Quand un changement arrive-t-il").click();
  });
  await site.visit({}, async (page) => {
    await page.goto("/calendrier");
    await page.getByText("Quand un changement arrive-t-il").click();
    assert.equal(await page.getByRole("link", { name: "Google Agenda" }).count(), 3);
    await looksRight(page, "calendrier");
  });
});

test("the private feed is made, photographed, made to ring and closed", async () => {
  await site.visit({}, async (page) => {
    const ada = { name: "Ada", email: "ada@exemple.fr" };
    await register(page, WEBINAR, ada);
    await confirm(page, ada.email);
    await signIn(page, ada.email);
    await page.goto("/mon-parcours");
    await page.getByRole("button", { name: "Créer mon agenda privé" }).click();
    await page.getByText("code à photographier").click();
    await page.getByRole("img", { name: "Code QR" }).waitFor();
    await looksRight(page, "agenda-prive");
    await page.getByLabel("Faire sonner mon agenda").selectOption({ label: "1 heure avant" });
    await page.getByRole("button", { name: "Enregistrer l’alarme" }).click();
    await page.getByText("C’est noté").waitFor();
    const address = await page.getByLabel("Ou copiez cette adresse").inputValue();
    assert.match(await (await fetch(address)).text(), /TRIGGER:-PT60M/);
    await page.getByRole("button", { name: "Fermer l’agenda privé" }).click();
    await page.getByText("est fermé").waitFor();
    assert.equal((await fetch(address)).status, 410);
  });
});

test("organisers invite, without JavaScript, and a guest answers", async () => {
  await site.visit({ script: false }, async (page) => {
    await signIn(page, "equipe@exemple.fr");
    await page.goto("/organisation/invitations");
    await page.getByRole("link", { name: "Inviter" }).click();
    await page.getByLabel("Personnes à inviter").fill("bob@exemple.fr;Bob;Ville d’Angers\nEve <eve@exemple.fr>\npas d’adresse");
    await page.getByLabel("Suivre et définir des indicateurs").check();
    await page.getByLabel("Objet").fill("Un atelier pour {organisation}");
    await page.getByLabel("Message").fill("Nous pensons à vous pour cet atelier.\n\nÀ bientôt.");
    await page.getByRole("button", { name: "Voir ce qui partirait" }).click();
    await page.getByText("Rien n’est encore parti").waitFor();
    await page.getByRole("button", { name: "Afficher l’aperçu" }).click();
    await page.frameLocator("iframe[name=apercu]").getByText("Nous pensons à vous").waitFor();
  });
  await site.visit({ expected: /422/ }, async (page) => {
    await signIn(page, "equipe@exemple.fr");
    await page.goto("/organisation/invitations/nouvelle");
    await page.getByRole("button", { name: "Voir ce qui partirait" }).click();
    await looksRight(page, "inviter-a-corriger");
    await page.getByLabel("Personnes à inviter").fill("bob@exemple.fr;Bob;Ville d’Angers\nEve <eve@exemple.fr>\npas d’adresse");
    await page.getByLabel("Suivre et définir des indicateurs").check();
    await page.getByLabel("Objet").fill("Un atelier pour vous");
    await page.getByLabel("Message").fill("Nous pensons à vous pour cet atelier.\n\nÀ bientôt.");
    await page.getByRole("button", { name: "Voir ce qui partirait" }).click();
    await page.getByRole("button", { name: "Afficher l’aperçu" }).click();
    await page.frameLocator("iframe[name=apercu]").getByText("Nous pensons à vous").waitFor();
    await looksRight(page, "inviter");
    await page.getByRole("button", { name: "Envoyer maintenant" }).click();
    await page.getByText("C’est parti").waitFor();
    await looksRight(page, "invitations");
    await page.goto("/organisation/courriels?etat=partis");
    await looksRight(page, "courriels");
    await page.getByRole("link", { name: "Un atelier pour vous" }).first().click();
    await looksRight(page, "courriel");
    await page.goto("/organisation/evenements/atelier-2-indicateurs/courriels");
    await looksRight(page, "rappels");
  });
  await site.visit({}, async (page) => {
    await openLetter(page, "bob@exemple.fr", "invitation");
    await followLetter(page);
    await page.getByText("Pour bob@exemple.fr").waitFor();
    await looksRight(page, "invitation");
    await page.getByLabel("J’atteste être un acheteur public").check();
    await page.getByRole("button", { name: "Réserver ma place" }).click();
    await page.getByText("C’est fait").waitFor();
  });
});
