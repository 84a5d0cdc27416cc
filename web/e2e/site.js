// A server and a browser for one file of tests, and the looks that each of its pages gets.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before } from "node:test";
import { isReadable, openBrowser, withPage } from "./browser.js";
import { Server } from "./server.js";

/** Where pictures go; not tracked. */
const OUT = join(import.meta.dirname, "out");

/** The demonstration, running while the tests of one file run. */
export class Site {
  // Both are assigned before the first test runs.
  server = /** @type {Server} */ (/** @type {unknown} */ (undefined));
  browser = /** @type {import("playwright-core").Browser} */ (/** @type {unknown} */ (undefined));
  /** @type {Promise<void> | undefined} */
  #started;

  /**
   * Starts before the tests of this file and ends after them.
   * @param {string[]} flags of the server
   */
  static forTests(...flags) {
    const site = new Site();
    // Hooks of one file run beside each other, so another one that visits waits for the start itself.
    site.#started = site.#start(flags);
    before(() => site.#started);
    after(async () => {
      await site.browser.close();
      await site.server.stop();
    });
    return site;
  }

  /** @param {string[]} flags */
  async #start(flags) {
    [this.server, this.browser] = await Promise.all([Server.start(...flags), openBrowser()]);
  }

  /**
   * Opens a page of the site in a fresh browser context.
   * @param {import("./browser.js").Visit} visit
   * @param {(page: import("playwright-core").Page) => Promise<void>} body
   */
  async visit(visit, body) {
    await this.#started;
    return withPage(this.browser, this.server.url, visit, body);
  }
}

/**
 * Looks at the page as it is with axe, at this width or these, and leaves a picture.
 * @param {import("playwright-core").Page} page
 * @param {string} name of the picture
 * @param {number[]} widths of the window
 */
export async function looksRight(page, name, widths = [360, 1280]) {
  await mkdir(OUT, { recursive: true });
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 });
    await isReadable(page, `${name} at ${width} px`);
    await page.screenshot({ path: join(OUT, `${name}-${width}.png`), fullPage: true });
  }
}
