// The counts of an organiser's event page follow what happens, without the page being loaded again.
import assert from "node:assert/strict";
import { test } from "node:test";
import { INDICATORS, ORGANISER, signIn, takeSeats, who } from "./actions.js";
import { Site } from "./site.js";

const DESK = `/organisation/evenements/${INDICATORS}`;

const site = Site.forTests();

/** Makes the page believe that its tab is hidden, or seen again. @param {import("playwright-core").Page} page @param {boolean} hidden */
async function setHidden(page, hidden) {
  await page.evaluate((value) => {
    Object.defineProperty(document, "hidden", { value, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
}

test("counts follow, are said once, move nothing, and rest while the tab is hidden", async () => {
  await site.visit({}, async (page) => {
    await signIn(page, ORGANISER);
    await page.clock.install();
    await page.goto(DESK);
    const heading = page.locator("#liste");
    const before = await heading.boundingBox();
    const said = page.locator("[data-live-said]");
    assert.equal(await said.textContent(), "");

    await takeSeats(site.server.url, INDICATORS, [who("Ada")]);
    await page.clock.fastForward(10_000);
    await page.getByText("1 confirmée", { exact: true }).waitFor();
    assert.equal(await said.textContent(), "1 confirmée, 59 libres sur 60");
    assert.deepEqual(await heading.boundingBox(), before, "nothing below moves");

    let asked = 0;
    page.on("request", (request) => { asked += Number(new URL(request.url()).pathname.endsWith("/places")); });
    await setHidden(page, true);
    await takeSeats(site.server.url, INDICATORS, [who("Bob")]);
    await page.clock.fastForward(60_000);
    assert.equal(asked, 0, "nobody looks");
    await setHidden(page, false);
    await page.getByText("2 confirmées", { exact: true }).waitFor();
    assert.equal(asked, 1, "at once");

    await page.context().clearCookies();
    const refused = page.waitForResponse("**/places");
    await page.clock.fastForward(10_000);
    await (await refused).finished();
    await page.clock.fastForward(60_000);
    assert.equal(asked, 2, "who is signed out asks no more");
  });
});

test("without script the counts are those of when the page was loaded", async () => {
  await site.visit({ script: false }, async (page) => {
    await signIn(page, ORGANISER);
    await page.goto(DESK);
    await page.getByRole("list", { name: "Où en sont les places" }).getByText("à confirmer").waitFor();
  });
});
