// The back office in a browser: every page at two widths, with axe, without script; and one evening's work by keyboard.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { signIn } from "./actions.js";
import { sidewaysScroll } from "./browser.js";
import { looksRight, Site } from "./site.js";

const DESK = "/organisation/evenements/atelier-2-indicateurs";

const site = Site.forTests();
/** @type {import("playwright-core").BrowserContextOptions["storageState"]} */
let organiser;

before(async () => {
  await site.visit({ script: false }, async (page) => {
    await signIn(page, "organisation@exemple.fr");
    organiser = await page.context().storageState();
    await page.goto(`${DESK}/importer`);
    const people = Array.from({ length: 12 }, (_, n) => `Personne ${n};personne${n}@exemple.fr;Ville d’Angers`);
    await page.getByLabel("Ou des lignes collées").fill(["Élodie D’Aubigné-Léger;elodie@exemple.fr;Métropole de Lyon", ...people].join("\n"));
    await page.getByRole("button", { name: "Essayer" }).click();
    await page.getByRole("button", { name: "Inscrire ces personnes" }).click();
    await page.goto(`${DESK}/capacite`);
    await page.getByLabel("Places").fill("10");
    await page.getByRole("button", { name: "Voir" }).click();
    await page.getByRole("button", { name: "Appliquer" }).click();
  });
});

test("every page passes axe, fits a phone, and works without script", async () => {
  for (const width of [1280, 360]) {
    await site.visit({ width, signedIn: organiser, expected: /422/ }, async (page) => {
      await page.goto(DESK);
      const waiting = await page.locator("tbody th a").last().getAttribute("href");
      const organisation = await page.locator("tbody td a").first().getAttribute("href");
      const joining = await page.getByRole("link", { name: "Faire rejoindre le tableau" }).getAttribute("href");
      const paths = ["/organisation", String(joining), String(joining).replace("rejoindre", "archiver"), "/organisation/journal", "/organisation/organisations", String(organisation), String(waiting)];
      const ofEvent = ["", "?q=elodie&etat=confirmees&tri=nom&ordre=desc", "/inscrire", "/importer", "/capacite?places=5", "/capacite?places=x", "/public", "/modifier", "/annuler", "/retirer"];
      for (const path of [...paths, ...ofEvent.map((path) => DESK + path)]) {
        await page.goto(path);
        await looksRight(page, path.replaceAll(/[^a-z]+/g, "-").replace(/^-organisation-?/, "organisation-"), [width]);
      }
    });
  }
});

test("an organiser finds somebody, moves them up, and the next seat is theirs", async () => {
  await site.visit({ script: false, signedIn: organiser }, async (page) => {
    await page.goto(`${DESK}/capacite`);
    await page.getByLabel("Places").fill("13");
    await page.getByRole("button", { name: "Voir" }).click();
    await page.getByRole("button", { name: "Appliquer" }).click();
    await page.goto(`${DESK}/inscrire`);
    for (const [label, value] of [["Prénom et nom", "Zoé"], ["Adresse électronique", "zoe@exemple.fr"], ["Organisation", "CHU de Nantes"]]) {
      await page.getByLabel(String(label), { exact: true }).fill(String(value));
    }
    await page.getByRole("button", { name: "Inscrire" }).click();
    await page.goto(`${DESK}?q=ZOE`);
    await page.getByRole("link", { name: "Zoé" }).click();
    assert.match(await page.locator("main").innerText(), /position 1 sur 1/);

    await page.goto(`${DESK}?q=elodie`);
    await page.getByRole("link", { name: "Élodie" }).click();
    await page.getByLabel("Motif, que la personne lira").fill("Elle nous a prévenus");
    await page.getByRole("button", { name: "Retirer" }).click();
    await page.goto(`${DESK}?q=zoe`);
    assert.match(await page.locator("tbody").innerText(), /Place offerte/);
    await page.goto("/organisation/journal");
    assert.match(await page.locator("tbody").innerText(), /Elle nous a prévenus/);
  });
});

test("an event leaves the programme and comes back to it, on a phone and without script", async () => {
  await site.visit({ width: 390, script: false, signedIn: organiser, expected: /404/ }, async (page) => {
    const event = "/evenements/webinaire-spaser-quezaco";
    await page.goto(`/organisation${event}`);
    await page.getByRole("link", { name: "Retirer du programme" }).click();
    await page.getByText("Personne n’est inscrit").waitFor();
    await page.getByRole("button", { name: "Retirer du programme" }).click();
    await page.getByText("n’est plus au programme").waitFor();
    await page.goto(event);
    await page.getByText("Cette page n’existe pas").waitFor();
    await page.goto(`/organisation${event}`);
    await page.getByRole("link", { name: "Publier" }).click();
    assert.equal(await sidewaysScroll(page), 0);
    await page.getByRole("button", { name: "Publier" }).click();
    await page.getByText("Le rendez-vous est publié").waitFor();
    await page.getByRole("link", { name: "Page publique" }).click();
    await page.getByRole("link", { name: "S’inscrire" }).waitFor();
  });
});
