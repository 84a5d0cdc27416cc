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
    await page.locator("#evenement").selectOption(INDICATORS);
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
      await page.locator("tr[data-role=facilitator] a").click();
      await page.locator("#terminer").waitFor();
      await looksRight(page, "role-end", [360, 1440]);
      await press(page, "/terminer");
      await done(page, "termine");
    });
    await colleague.locator("[data-reason]").waitFor();
  });
});
