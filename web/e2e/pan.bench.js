// How much of the main thread a frame takes while the map is panned by the mouse: 500 cards, 1,000 links, in Chromium.
// Once as it opens, with a part of the map in sight, and once with all of it.
import { openBrowser, withPage } from "./browser.js";
import { fill, stakeholders } from "./fill.js";
import { Server } from "./server.js";

const CARDS = 500;
const LINKS = 1_000;
const FRAMES = 240;

/**
 * Milliseconds of the main thread so far, by what they were for.
 * @param {import("playwright-core").CDPSession} debug
 */
async function spent(debug) {
  const { metrics } = await debug.send("Performance.getMetrics");
  const of = (/** @type {string} */ name) => 1000 * (metrics.find((metric) => metric.name === name)?.value ?? 0);
  return { all: of("TaskDuration"), script: of("ScriptDuration"), style: of("RecalcStyleDuration"), layout: of("LayoutDuration") };
}

/**
 * Pans in a wide circle, one move of the mouse a frame; the longest frame is what a hand feels.
 * @param {import("playwright-core").Page} page
 * @param {string} what
 */
async function pan(page, what) {
  const debug = await page.context().newCDPSession(page);
  await debug.send("Performance.enable");
  const box = await page.locator(".map").boundingBox();
  if (!box) throw new Error("no map");
  const middle = { x: box.x + box.width / 2, y: box.y + 12 };
  await page.evaluate(() => {
    /** @type {number[]} */
    const longest = [];
    Object.assign(globalThis, { longest });
    new PerformanceObserver((list) => longest.push(...list.getEntries().map((entry) => entry.duration))).observe({ type: "longtask" });
  });
  await page.mouse.move(middle.x, middle.y);
  await page.mouse.down({ button: "middle" });
  const before = await spent(debug);
  for (let frame = 1; frame <= FRAMES; frame += 1) {
    const turn = (2 * Math.PI * frame) / FRAMES;
    await page.mouse.move(middle.x + 500 * Math.sin(turn), middle.y + 300 - 300 * Math.cos(turn));
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
  const after = await spent(debug);
  await page.mouse.up({ button: "middle" });
  const each = (/** @type {keyof typeof after} */ key) => ((after[key] - before[key]) / FRAMES).toFixed(2);
  const longest = await page.evaluate(() => Math.max(0, .../** @type {any} */ (globalThis).longest));
  const drawn = await page.locator(".map-card").count();
  console.log(
    `map, ${CARDS} cards, ${LINKS} links, ${what} (${drawn} drawn): ${each("all")} ms of main thread a frame ` +
      `(script ${each("script")}, style ${each("style")}, layout ${each("layout")}), longest task ${longest.toFixed(0)} ms, ${FRAMES} frames`,
  );
}

const [server, browser] = await Promise.all([Server.start(), openBrowser()]);
try {
  await withPage(browser, server.url, { width: 1440 }, async (page) => {
    await fill(page, "atelier-3-transition-du-territoire", stakeholders(CARDS, LINKS));
    await page.locator(".map-card").first().waitFor();
    await pan(page, "a part in sight");
    await page.getByRole("button", { name: "Tout voir" }).click();
    await page.waitForFunction((all) => document.querySelectorAll(".map-card").length === all, CARDS);
    await pan(page, "all in sight");
  });
} finally {
  await browser.close();
  await server.stop();
}
