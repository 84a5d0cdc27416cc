// How much of the main thread a frame takes while the map is panned by the mouse and zoomed by the wheel: 500 cards,
// 1,000 links, in Chromium. Panned once as it opens, with a part of the map in sight, and once with all of it.
import { act, STAKEHOLDERS } from "./boards.js";
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
 * One move of the hand a frame; the longest task is what a hand feels.
 * @param {import("playwright-core").Page} page
 * @param {string} what
 * @param {(frame: number) => Promise<void>} move
 */
async function measure(page, what, move) {
  const debug = await page.context().newCDPSession(page);
  await debug.send("Performance.enable");
  await page.evaluate(() => {
    /** @type {number[]} */
    const longest = [];
    Object.assign(globalThis, { longest });
    new PerformanceObserver((list) => longest.push(...list.getEntries().map((entry) => entry.duration))).observe({ type: "longtask" });
  });
  const before = await spent(debug);
  for (let frame = 1; frame <= FRAMES; frame += 1) {
    await move(frame);
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
  const after = await spent(debug);
  const each = (/** @type {keyof typeof after} */ key) => ((after[key] - before[key]) / FRAMES).toFixed(2);
  const longest = await page.evaluate(() => Math.max(0, .../** @type {any} */ (globalThis).longest));
  const drawn = await page.locator(".map-card").count();
  console.log(
    `map, ${CARDS} cards, ${LINKS} links, ${what} (${drawn} drawn): ${each("all")} ms of main thread a frame ` +
      `(script ${each("script")}, style ${each("style")}, layout ${each("layout")}), longest task ${longest.toFixed(0)} ms, ${FRAMES} frames`,
  );
}

/** @param {import("playwright-core").Page} page */
async function topOfMap(page) {
  const box = await page.locator(".map").boundingBox();
  if (!box) throw new Error("no map");
  return { x: box.x + box.width / 2, y: box.y + 12 };
}

/**
 * Pans in a wide circle, from the press of the button to its release.
 * @param {import("playwright-core").Page} page
 * @param {string} what
 */
async function pan(page, what) {
  const { x, y } = await topOfMap(page);
  await page.mouse.move(x, y);
  await measure(page, what, async (frame) => {
    const turn = (2 * Math.PI * frame) / FRAMES;
    if (frame === 1) await page.mouse.down({ button: "middle" });
    await page.mouse.move(x + 500 * Math.sin(turn), y + 300 - 300 * Math.cos(turn));
    if (frame === FRAMES) await page.mouse.up({ button: "middle" });
  });
}

/**
 * Zooms in until cards are large, and out again.
 * @param {import("playwright-core").Page} page
 */
async function zoom(page) {
  const { x, y } = await topOfMap(page);
  await page.mouse.move(x, y + 300);
  await page.keyboard.down("Control");
  await measure(page, "zoomed in and out", (frame) => page.mouse.wheel(0, frame <= FRAMES / 2 ? -3 : 3));
  await page.keyboard.up("Control");
}

const [server, browser] = await Promise.all([Server.start(), openBrowser()]);
try {
  await withPage(browser, server.url, { width: 1440 }, async (page) => {
    await fill(page, STAKEHOLDERS.slug, stakeholders(CARDS, LINKS));
    await page.locator(".map-card").first().waitFor();
    await pan(page, "a part in sight");
    await act(page, "fit").click();
    await page.waitForFunction((all) => document.querySelectorAll(".map-card").length === all, CARDS);
    await pan(page, "all in sight");
    await zoom(page);
  });
} finally {
  await browser.close();
  await server.stop();
}
