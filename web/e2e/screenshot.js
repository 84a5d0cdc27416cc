// Makes the README's pictures from a demonstration of its own, as a participant would see it.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { signIn, takeSeat } from "./actions.js";
import { act, goToBoard, INDICATORS, saved } from "./boards.js";
import { openBrowser, withPage } from "./browser.js";
import { Server } from "./server.js";

const PICTURES = join(import.meta.dirname, "pictures");

/**
 * Registers somebody at the workshop and opens its board.
 * @param {import("playwright-core").Page} page
 * @param {import("./actions.js").Who} who
 */
async function openBoard(page, who) {
  await takeSeat(page, INDICATORS.slug, who);
  await signIn(page, who.email);
  await goToBoard(page, INDICATORS);
  await saved(page);
}

await mkdir(PICTURES, { recursive: true });
const [server, browser] = await Promise.all([Server.start(), openBrowser()]);
try {
  await withPage(browser, server.url, {}, async (page) => {
    await page.goto("/");
    await page.screenshot({ path: join(PICTURES, "accueil.png") });
  });
  await withPage(browser, server.url, { width: 1440 }, async (nadia) => {
    await openBoard(nadia, { name: "Nadia Benali", email: "nadia@exemple.fr", organisation: "Nantes Métropole" });
    await withPage(browser, server.url, {}, async (hugo) => {
      await openBoard(hugo, { name: "Hugo Martin", email: "hugo@exemple.fr", organisation: "Ville de Bordeaux" });
      await act(nadia, "start").click();
      await hugo.getByRole("row").nth(3).waitFor();
      await nadia.screenshot({ path: join(PICTURES, "tableau.png") });
    });
  });
} finally {
  await browser.close();
  await server.stop();
}
