// The browser tests can fail: each kind of mistake is found on a page that makes it.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { axe, openBrowser, sidewaysScroll, withPage } from "./browser.js";

const PAGES = {
  "/good": "<h1>Bonjour</h1>",
  "/inline": "<h1>Bonjour</h1><script>document.title = 'x'</script>",
  "/unlabelled": "<h1>Bonjour</h1><input>",
  "/wide": "<h1>Bonjour</h1><div>" + "mot".repeat(300) + "</div>",
};
const HEAD = '<!doctype html><html lang="fr"><title>Essai</title><meta name="viewport" content="width=device-width"><main>';

/** @type {import("playwright-core").Browser} */
let browser;
const server = createServer((request, response) => {
  if (request.url === "/favicon.ico") return void response.writeHead(204).end();
  const page = PAGES[/** @type {keyof typeof PAGES} */ (request.url)];
  response.writeHead(page ? 200 : 404, { "content-type": "text/html", "content-security-policy": "default-src 'self'" });
  response.end(HEAD + (page ?? "<h1>Rien ici</h1>"));
});
let url = "";

before(async () => {
  browser = await openBrowser();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}`;
});

after(async () => {
  await browser.close();
  server.close();
  server.closeAllConnections();
});

/** @param {string} path */
const visit = (path) => withPage(browser, url, {}, async (page) => void (await page.goto(path)));

test("a page without mistakes passes, under a strict content security policy", async () => {
  await withPage(browser, url, { width: 360 }, async (page) => {
    await page.goto("/good");
    assert.deepEqual(await axe(page), []);
    assert.equal(await sidewaysScroll(page), 0);
  });
});

test("a violation of the content security policy fails", async () => {
  await assert.rejects(visit("/inline"), /Content Security Policy/);
});

test("an error in the console fails, unless it is expected", async () => {
  await assert.rejects(visit("/nowhere"), /404/);
  await withPage(browser, url, { expected: /404/ }, async (page) => void (await page.goto("/nowhere")));
});

test("a field without a label is found", async () => {
  await withPage(browser, url, {}, async (page) => {
    await page.goto("/unlabelled");
    assert.match((await axe(page)).join("\n"), /^label:/);
  });
});

test("a page wider than a phone is found", async () => {
  await withPage(browser, url, { width: 360 }, async (page) => {
    await page.goto("/wide");
    assert.ok((await sidewaysScroll(page)) > 0);
  });
});
