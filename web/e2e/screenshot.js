// Makes the README's pictures from a demonstration of its own, as a participant would see it.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { confirm, register, signIn } from "./actions.js";
import { openBrowser, withPage } from "./browser.js";
import { Server } from "./server.js";

const PICTURES = join(import.meta.dirname, "pictures");
const WORKSHOP = "atelier-2-indicateurs";

/**
 * Registers somebody at the workshop and opens its board.
 * @param {import("playwright-core").Page} page
 * @param {import("./actions.js").Who} who
 */
async function openBoard(page, who) {
  await register(page, WORKSHOP, who);
  await confirm(page, who.email);
  await signIn(page, who.email);
  await page.getByRole("link", { name: /^Ouvrir le tableau/ }).click();
  await page.waitForURL("**/tableaux/*");
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
      await nadia.getByRole("button", { name: "Partir d’indicateurs types" }).click();
      await hugo.getByRole("row").nth(3).waitFor();
      await nadia.screenshot({ path: join(PICTURES, "tableau.png") });
    });
  });
} finally {
  await browser.close();
  await server.stop();
}
