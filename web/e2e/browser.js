// Starts Chromium, and opens pages that fail on every error in the console.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

/** Where pictures of failures go; not tracked. */
const OUT = join(import.meta.dirname, "out");

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Milliseconds; long enough for a slow machine, after which a waiting test fails. */
const PATIENCE = 30_000;

/** @returns {string} the browser: CHROMIUM, or the one found in PATH; first the one without windows, which takes half the time. */
function executable() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const found = execFileSync("sh", ["-c", "command -v chromium-headless-shell || command -v chromium || command -v chromium-browser || command -v google-chrome"]);
  return found.toString().trim();
}

/** Starts a browser without background traffic. */
export function openBrowser() {
  return chromium.launch({
    executablePath: executable(),
    args: [
      // Root, as in CI, cannot have Chromium's sandbox; only our own pages are opened.
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--no-proxy-server",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/**
 * @typedef {object} Visit
 * @property {boolean} [script] false: JavaScript is off
 * @property {number} [width] of the window, in CSS pixels
 * @property {boolean} [touch] a device for fingers
 * @property {import("playwright-core").BrowserContextOptions["storageState"]} [signedIn] cookies of an earlier visit
 * @property {RegExp} [expected] errors in the console that belong to this test
 */

/**
 * Opens a page in a fresh browser context, in a time zone far from Paris. Fails when the page wrote an error to
 * the console, violated its content security policy, or threw; keeps a picture of what failed.
 * @param {import("playwright-core").Browser} browser
 * @param {string} url where relative addresses start
 * @param {Visit} visit
 * @param {(page: import("playwright-core").Page) => Promise<void>} body
 */
export async function withPage(browser, url, visit, body) {
  const context = await browser.newContext({
    baseURL: url,
    javaScriptEnabled: visit.script ?? true,
    viewport: { width: visit.width ?? 1280, height: 800 },
    hasTouch: visit.touch ?? false,
    isMobile: visit.touch ?? false,
    locale: "fr-FR",
    timezoneId: "Pacific/Auckland",
    reducedMotion: "reduce",
    ...(visit.signedIn ? { storageState: visit.signedIn } : {}),
  });
  context.setDefaultTimeout(PATIENCE);
  /** @type {string[]} */
  const errors = [];
  const note = (/** @type {string} */ error) => visit.expected?.test(error) || errors.push(error);
  context.on("console", (message) => message.type() === "error" && note(`${message.text()} (${message.location().url})`));
  context.on("weberror", (error) => note(String(error.error())));
  const page = await context.newPage();
  try {
    await body(page);
    if (errors.length > 0) throw new Error(`The page reported errors:\n${errors.join("\n")}`);
  } catch (error) {
    await mkdir(OUT, { recursive: true });
    const picture = join(OUT, `failed-${Date.now()}.png`);
    await page.screenshot({ path: picture, fullPage: true }).catch(() => undefined);
    if (error instanceof Error) error.message += `\n  at ${page.url()}, picture: ${picture}${errors.length > 0 ? `\n  console: ${errors.join("\n  ")}` : ""}`;
    throw error;
  } finally {
    await context.close();
  }
}

/**
 * The axe violations on the current page, each as one line.
 * @param {import("playwright-core").Page} page
 * @returns {Promise<string[]>}
 */
export async function axe(page) {
  // Evaluated by the debugger, which the page's content security policy does not bind.
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { violations } = await /** @type {typeof globalThis & { axe: typeof import("axe-core") }} */ (globalThis).axe.run(document, { resultTypes: ["violations"] });
    return violations.flatMap((/** @type {import("axe-core").Result} */ rule) =>
      rule.nodes.map((node) => `${rule.id}: ${rule.help}: ${node.html}`),
    );
  });
}

/**
 * What every page owes a reader: nothing that axe finds, and no scrolling sideways.
 * @param {import("playwright-core").Page} page
 * @param {string} [what] is looked at, for the error message
 */
export async function isReadable(page, what = page.url()) {
  assert.deepEqual(await axe(page), [], what);
  assert.equal(await sidewaysScroll(page), 0, what);
}

/**
 * How far the page can be scrolled sideways, in CSS pixels; 0 is right.
 * @param {import("playwright-core").Page} page
 */
export function sidewaysScroll(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
