// Who speaks: the legal pages and the owner's form, neutral and with a theme, as axe and the eye see them.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { ORGANISER, signIn } from "./actions.js";
import { Site, looksRight } from "./site.js";

const THEME = join(import.meta.dirname, "../../tests/fixtures/theme");
const LEGAL = ["/contact", "/mentions-legales", "/donnees-personnelles", "/accessibilite"];
const neutral = Site.forTests();
const themed = Site.forTests("--theme-dir", THEME);

for (const [look, site] of /** @type {[string, Site][]} */ ([
  ["neutral", neutral],
  ["themed", themed],
])) {
  test(`legal pages and those of failures look right, ${look}`, () =>
    site.visit({ expected: /404/ }, async (page) => {
      for (const path of [...LEGAL, "/", "/connexion", "/nulle-part"]) {
        await page.goto(path);
        await looksRight(page, `identity-${look}${path.replaceAll("/", "-")}`);
      }
      await page.goto("/");
      for (const path of LEGAL) await page.locator(`footer a[href="${path}"]`).waitFor();
    }));
}

test("an owner types what legal pages say, and is told what is missing", () =>
  neutral.visit({ expected: /422/ }, async (page) => {
    await signIn(page, ORGANISER);
    await page.goto("/organisation/identite");
    await looksRight(page, "identity-form");
    await page.getByLabel("adresse de contact").fill("personne");
    await page.getByRole("button", { name: "Enregistrer" }).click();
    await looksRight(page, "identity-form-wrong");
    await page.getByLabel("adresse de contact").fill("achats@ville.exemple.fr");
    await page.getByRole("button", { name: "Enregistrer" }).click();
    await page.locator("[data-done]").waitFor();
    await page.goto("/contact");
    assert.equal(await page.locator("main a[href='mailto:achats@ville.exemple.fr']").count(), 1);
  }));
