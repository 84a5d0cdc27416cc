// The back office in a browser: every page at two widths, with axe, without script; and one evening's work by keyboard.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { done, fillIn, follow, INDICATORS, ORGANISER, press, setCapacity, signIn, WEBINAR } from "./actions.js";
import { sidewaysScroll } from "./browser.js";
import { looksRight, Site } from "./site.js";

const DESK = `/organisation/evenements/${INDICATORS}`;

const site = Site.forTests();
/** @type {import("playwright-core").BrowserContextOptions["storageState"]} */
let organiser;

before(async () => {
  await site.visit({ script: false }, async (page) => {
    await signIn(page, ORGANISER);
    organiser = await page.context().storageState();
    await page.goto(`${DESK}/importer`);
    const people = Array.from({ length: 12 }, (_, n) => `Personne ${n};personne${n}@exemple.fr;Ville d’Angers`);
    await page.locator("#texte").fill(["Élodie D’Aubigné-Léger;elodie@exemple.fr;Métropole de Lyon", ...people].join("\n"));
    await page.locator("form:has(#fichier) button").click();
    await page.locator("form:has([name=etape]) button").click();
    await setCapacity(page, INDICATORS, 10);
  });
});

test("every page passes axe, fits a phone, and works without script", async () => {
  for (const width of [1280, 360]) {
    await site.visit({ width, signedIn: organiser, expected: /422/ }, async (page) => {
      await page.goto(DESK);
      const waiting = await page.locator("tbody th a").last().getAttribute("href");
      const organisation = await page.locator("tbody td a").first().getAttribute("href");
      const joining = await page.locator('a[href$="/rejoindre"]').getAttribute("href");
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
    await setCapacity(page, INDICATORS, 13);
    await page.goto(`${DESK}/inscrire`);
    await fillIn(page, { name: "Zoé", email: "zoe@exemple.fr", organisation: "CHU de Nantes" });
    await press(page, "/inscrire");
    await page.goto(`${DESK}?q=ZOE`);
    await page.getByRole("link", { name: "Zoé" }).click();
    assert.match(await page.locator("main").innerText(), /position 1 sur 1/);

    await page.goto(`${DESK}?q=elodie`);
    await page.getByRole("link", { name: "Élodie" }).click();
    await fillIn(page, { reason: "Elle nous a prévenus" });
    await press(page, "/retirer");
    await page.goto(`${DESK}?q=zoe`);
    assert.match(await page.locator("tbody").innerText(), /Place offerte/);
    await page.goto("/organisation/journal");
    assert.match(await page.locator("tbody").innerText(), /Elle nous a prévenus/);
  });
});

test("an event leaves the programme and comes back to it, on a phone and without script", async () => {
  await site.visit({ width: 390, script: false, signedIn: organiser, expected: /404/ }, async (page) => {
    const event = `/evenements/${WEBINAR}`;
    await page.goto(`/organisation${event}`);
    await follow(page, "/retirer");
    await page.getByText("Personne n’est inscrit").waitFor();
    await press(page, "/retirer");
    await done(page, "retire");
    assert.equal((await page.goto(event))?.status(), 404);
    await page.goto(`/organisation${event}`);
    await follow(page, "/publier");
    assert.equal(await sidewaysScroll(page), 0);
    await press(page, "/publier");
    await done(page, "publie");
    await follow(page, event);
    await page.locator('main a[href$="/inscription"]').waitFor();
  });
});
