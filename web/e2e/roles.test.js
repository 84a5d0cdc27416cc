// Roles in three browsers: an owner gives one to a colleague, who runs a board with it, and loses it while on that board.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { done, fillIn, INDICATORS, ORGANISER, press, signIn } from "./actions.js";
import { looksRight, Site } from "./site.js";

const PAGE = "/organisation/roles";
const COLLEAGUE = "camille@exemple.fr";

const site = Site.forTests();
/** @type {import("playwright-core").BrowserContextOptions["storageState"]} */
let owner;

before(async () => {
  await site.visit({ script: false }, async (page) => {
    await signIn(page, ORGANISER);
    owner = await page.context().storageState();
  });
});

test("a facilitator runs the board until an owner ends the role, at once and without a reload", async () => {
  await site.visit({ signedIn: owner, expected: /422/ }, async (page) => {
    await page.goto("/organisation");
    await page.locator(`main a[href="${PAGE}"]`).click();
    await page.locator("#role").waitFor();
    await looksRight(page, "roles", [360, 1440]);
    await fillIn(page, { email: "camille" });
    await press(page, PAGE);
    await page.locator("#email-error").waitFor();
    assert.equal(await page.locator("#email").inputValue(), "camille");
    await looksRight(page, "roles-wrong", [360, 1440]);
    await fillIn(page, { email: COLLEAGUE });
    await page.locator("#role-facilitator").check();
    await page.locator("#ou").selectOption(`evenement:${INDICATORS}`);
    await press(page, PAGE);
    await done(page, "donne");
    await looksRight(page, "roles-given", [360, 1440]);
  });
  await site.visit({ expected: /40[13]/ }, async (colleague) => {
    await signIn(colleague, COLLEAGUE);
    await colleague.goto(`/evenements/${INDICATORS}/tableau`);
    await colleague.locator("[data-view]").first().waitFor();
    const answer = await colleague.request.get("/organisation");
    assert.equal(answer.status(), 403);
    await site.visit({ signedIn: owner }, async (page) => {
      await page.goto(PAGE);
      await page.locator("tr[data-role=facilitator] a[href$=terminer]").click();
      await page.locator("#terminer").waitFor();
      await looksRight(page, "role-end", [360, 1440]);
      await press(page, "/terminer");
      await done(page, "termine");
    });
    await colleague.locator("[data-reason]").waitFor();
  });
});

test("three people with three roles: each sees what is theirs, and a role that ends takes the form with it", async () => {
  const reader = "lea@exemple.fr";
  const organiser = "omar@exemple.fr";
  const team = `/organisation/evenements/${INDICATORS}/equipe`;
  await site.visit({ signedIn: owner }, async (page) => {
    await page.goto(`/organisation/evenements/${INDICATORS}`);
    await page.locator(`main a[href="${team}"]`).click();
    for (const [email, role] of [
      [reader, "reader"],
      [organiser, "organiser"],
    ]) {
      await fillIn(page, { email });
      await page.locator(`#role-${role}`).check();
      await press(page, team);
      await done(page, "donne");
    }
    await looksRight(page, "team", [360, 1440]);
  });
  await site.visit({}, async (page) => {
    await signIn(page, reader);
    await page.goto("/mon-parcours");
    await page.locator("[data-own-role]").waitFor();
    await looksRight(page, "own-role", [360, 1440]);
    await page.goto("/organisation");
    assert.equal(await page.locator("tbody tr").count(), 1, "one event is hers");
    await looksRight(page, "reader-overview", [360, 1440]);
    await page.locator(`main a[href="/organisation/evenements/${INDICATORS}"]`).click();
    assert.equal(await page.locator("main form[method=post]").count(), 0, "nothing to act with");
    await looksRight(page, "reader-event", [360, 1440]);
  });
  await site.visit({ expected: /403/ }, async (colleague) => {
    await signIn(colleague, organiser);
    const form = `/organisation/evenements/${INDICATORS}/inscrire`;
    await colleague.goto(form);
    await fillIn(colleague, { name: "Zoé", email: "zoe@exemple.fr", organisation: "Ville" });
    await site.visit({ signedIn: owner }, async (page) => {
      await page.goto(team);
      await page.locator("tr[data-role=organiser] a[href$=changer]").click();
      await looksRight(page, "role-change", [360, 1440]);
      await page.locator("#role-reader").check();
      await press(page, "/changer");
      await done(page, "change");
    });
    const [answer] = await Promise.all([colleague.waitForResponse((answer) => answer.request().method() === "POST"), press(colleague, form)]);
    assert.equal(answer.status(), 403);
    await looksRight(colleague, "role-ended-form", [360, 1440]);
    await colleague.goto(`/organisation/evenements/${INDICATORS}`);
    assert.equal(await colleague.getByText("zoe@exemple.fr").count(), 0, "nobody was registered");
  });
});
