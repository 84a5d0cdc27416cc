// What a participant does, from the programme to the cancellation, in a real browser: on a desk, on a phone, without
// JavaScript, with the keyboard alone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { askForLink, confirm, done, fillIn, follow, followLetter, INDICATORS, openFromLetter, openLetter, ORGANISER, press, proof, prove, register, seat, signIn, takeSeat, takeSeats, WEBINAR, who, WORKSHOP } from "./actions.js";
import { saved } from "./boards.js";
import { axe, isReadable, sidewaysScroll, withPage } from "./browser.js";
import { Server } from "./server.js";
import { Site } from "./site.js";

const PHONE = 360;

const site = Site.forTests();

/** @type {Site["visit"]} */
const visit = (visit, body) => site.visit(visit, body);

/**
 * As many people, each with an address of their own.
 * @param {number} count
 */
const people = (count) => Array.from({ length: count }, (_, number) => who(`Personne${number}`));

test("the programme shows six dates in Paris time, who may come, the seats left and what is next", async () => {
  await visit({}, async (page) => {
    await page.goto("/");
    const events = page.getByRole("article");
    assert.equal(await events.count(), 6);
    assert.equal(await page.getByText("Prochain rendez-vous").count(), 1);
    assert.match((await events.nth(0).textContent()) ?? "", /Prochain rendez-vous.*Ouvert à tous.*Le SPASER, Quézaco/s);
    // The browser stands in Auckland; the hours are those of Paris, in winter as in summer.
    assert.match((await events.nth(0).textContent()) ?? "", /décembre 20\d\d.*10\s?h.*12\s?h.*heure de Paris/s);
    assert.match((await events.nth(5).textContent()) ?? "", /juillet 20\d\d.*14\s?h.*16\s?h\s?30.*heure de Paris/s);
    assert.equal(await events.filter({ hasText: "Réservé aux acheteurs publics" }).count(), 4);
    assert.equal(await events.filter({ hasText: /60 places/ }).count(), 4);
    assert.match((await page.getByRole("link", { name: "S’abonner à l’agenda" }).getAttribute("href")) ?? "", /^webcal:/);
  });
});

test("an event says what will be said, by whom, where, and how to note it", async () => {
  await visit({}, async (page) => {
    await page.goto("/");
    await page.getByRole("link", { name: "Le SPASER, Quézaco ?" }).click();
    await page.getByRole("heading", { level: 1, name: "Le SPASER, Quézaco ?" }).waitFor();
    assert.ok((await page.getByRole("heading", { name: "Au programme" }).locator("+ ol > li").count()) >= 8);
    assert.ok((await page.locator(".speakers li").count()) > 0);
    const [file] = await Promise.all([
      page.request.get((await page.getByRole("link", { name: "Ajouter à mon agenda" }).getAttribute("href")) ?? ""),
      page.locator(".event-facts").getByText("En ligne").waitFor(),
    ]);
    assert.match(await file.text(), /^BEGIN:VCALENDAR/);
  });
});

for (const [manner, settings] of /** @type {const} */ ([
  ["on a desk", {}],
  ["on a phone", { width: PHONE }],
  ["without JavaScript", { script: false }],
])) {
  test(`what is wrong in the form is said beside its field, and what was typed is kept, ${manner}`, async () => {
    await visit({ ...settings, expected: /422/ }, async (page) => {
      await page.goto(`/evenements/${WORKSHOP}/inscription`);
      const typed = { name: "Zoé « l’Éclair » <b>Durand</b>", email: "zoe@", organisation: "Métropole & Ville" };
      await fillIn(page, typed);
      await press(page, "/inscription");

      await page.locator("#problemes li").nth(1).waitFor();
      const email = page.locator("#email");
      assert.equal(await email.getAttribute("aria-invalid"), "true");
      assert.match((await email.getAttribute("aria-describedby")) ?? "", /email-error/);
      const border = (/** @type {string} */ id) => page.locator(id).evaluate((field) => getComputedStyle(field).borderColor);
      assert.notEqual(await border("#email"), await border("#name"), "what is wrong looks wrong");
      assert.match((await page.locator("#email-error").textContent()) ?? "", /ne peut pas recevoir de courriel/);
      assert.match((await page.locator("#buyer-error").textContent()) ?? "", /cochez la case/);
      for (const [id, value] of Object.entries(typed)) assert.equal(await page.locator(`#${id}`).inputValue(), value);
      if (settings.script !== false) assert.deepEqual(await axe(page), []);
      assert.equal(await sidewaysScroll(page), 0);
    });
  });
}

/**
 * Presses Tab until what is called `name` has the focus, which shows at each stop.
 * @param {import("playwright-core").Page} page
 * @param {string} name its text, label or identifier
 */
async function reach(page, name) {
  /** @type {string[]} */
  const stops = [];
  while (stops.length < 60) {
    await page.keyboard.press("Tab");
    const focus = await page.evaluate(() => {
      const element = document.activeElement ?? document.body;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
      const shows = (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none";
      return { name: element.getAttribute("aria-label") ?? (element.textContent?.trim() || element.id), shows };
    });
    assert.ok(focus.shows, `the focus shows on « ${focus.name} »`);
    if (focus.name === name) return;
    stops.push(focus.name);
  }
  assert.fail(`« ${name} » is not reached with Tab, only ${stops.join(", ")}`);
}

/**
 * Reaches what is called `name` and presses Enter.
 * @param {import("playwright-core").Page} page
 * @param {string} name
 */
async function pressEnter(page, name) {
  await reach(page, name);
  await page.keyboard.press("Enter");
}

test("the whole way on a small screen with the keyboard alone, from the programme to an indicator on the board", async () => {
  await visit({ width: PHONE }, async (page) => {
    const email = "katia@exemple.fr";
    await page.goto("/");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Aller au contenu");
    await pressEnter(page, "Suivre et définir des indicateurs");
    await page.waitForURL(`**/${INDICATORS}`);
    await isReadable(page);
    await pressEnter(page, "S’inscrire");
    await page.waitForURL("**/inscription");
    await reach(page, "name");
    await page.keyboard.type("Katia Clavier");
    await page.keyboard.press("Tab");
    await page.keyboard.type(email);
    await page.keyboard.press("Tab");
    await page.keyboard.type("Département du Gard");
    await reach(page, "buyer");
    await page.keyboard.press("Space");
    await page.keyboard.press("Enter");
    await page.locator("[data-received=requested]").waitFor();
    await isReadable(page);

    await openLetter(page, email, "please-confirm");
    await isReadable(page);
    await followLetter(page);
    await isReadable(page);
    await pressEnter(page, "Confirmer mon inscription");
    await seat(page, "confirmed");
    await isReadable(page);

    await pressEnter(page, "Menu");
    await pressEnter(page, "Mon parcours");
    await page.waitForURL("**/connexion*");
    await isReadable(page);
    await reach(page, "email");
    await page.keyboard.type(email);
    await page.keyboard.press("Enter");
    await page.locator("#link-sent").waitFor();
    await isReadable(page);
    await openFromLetter(page, email, "sign-in");
    await isReadable(page);
    await pressEnter(page, "Se connecter");
    await page.waitForURL("**/mon-parcours");
    await isReadable(page);

    await pressEnter(page, "Ouvrir le tableau");
    await saved(page);
    await isReadable(page);
    await pressEnter(page, "Ajouter un indicateur");
    await page.locator(".field-name :focus").waitFor();
    await page.keyboard.type("Heures d’insertion");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    await page.locator(".card-button", { hasText: "Heures d’insertion" }).waitFor();
    await saved(page);
    await isReadable(page);
    await page.reload();
    await page.locator(".card-button", { hasText: "Heures d’insertion" }).waitFor();
  });
});

test("a seat is given when the letter's button is pressed, with the words that are corrected there; opening the link does nothing", async () => {
  await visit({ script: false, width: PHONE }, async (page) => {
    const ada = who("Ada");
    await register(page, WORKSHOP, ada);
    await page.locator("[data-received=requested]").waitFor();
    await openFromLetter(page, ada.email, "please-confirm");
    await page.locator("[data-request=open]").waitFor();
    await page.reload();
    await page.locator("[data-request=open]").waitFor();
    assert.equal(await page.locator("#name").inputValue(), ada.name);

    await fillIn(page, { name: "Ada Lovelace" });
    await proof(page).click();
    await seat(page, "confirmed");
    await page.getByText("Ada Lovelace").first().waitFor();
    await openLetter(page, ada.email, "confirmed");
    assert.match((await (await page.request.get(`${page.url()}/evenement.ics`)).text()) ?? "", /SUMMARY:Le rôle de l/);
  });
});

test("who registers again, or for somebody else, is told the same; only the letter says more", async () => {
  await visit({}, async (page) => {
    const bea = who("Béa");
    bea.email = "bea@exemple.fr";
    await register(page, WORKSHOP, bea);
    const first = await page.getByRole("main").textContent();
    await confirm(page, bea.email);
    await page.context().clearCookies();
    await register(page, WORKSHOP, { ...bea, name: "Un inconnu" });
    assert.equal(await page.getByRole("main").textContent(), first);
    await openLetter(page, bea.email, "already-registered");
  });
});

test("the 61st waits and sees the place in the list; a seat given back is offered, and accepted with a button", async () => {
  const server = await Server.start();
  const [ada, zoe] = [who("Ada"), who("Zoe")];
  try {
    await withPage(site.browser, server.url, {}, async (page) => {
      await takeSeat(page, WORKSHOP, ada);
      const own = page.url();
      await takeSeats(server.url, WORKSHOP, people(59));
      await page.goto(`/evenements/${WORKSHOP}`);
      await page.getByText(/Complet/).first().waitFor();
      await register(page, WORKSHOP, zoe);
      assert.deepEqual(await axe(page), []);
      await prove(page, zoe.email);
      await page.locator("[data-seat=waiting][data-verified]").waitFor();
      assert.equal(await page.locator(".position").textContent(), "1");
      assert.deepEqual(await axe(page), []);

      await page.goto(own);
      await follow(page, "?annuler=1");
      await page.getByText("Votre place ira à la première personne qui attend").waitFor();
      await press(page, "/annuler");
      await seat(page, "cancelled");
      await openLetter(page, ada.email, "cancelled");

      await openFromLetter(page, zoe.email, "seat-offered");
      await seat(page, "offered");
      assert.deepEqual(await axe(page), []);
      await press(page, "/confirmer");
      await seat(page, "confirmed");
    });
  } finally {
    await server.stop();
  }
});

test("somebody comes back by a mail link, which serves once, and finds what is theirs", async () => {
  await visit({ expected: /410/ }, async (page) => {
    const eve = who("Eve");
    await takeSeat(page, WORKSHOP, eve);
    await signIn(page, eve.email);
    await seat(page, "confirmed");
    assert.equal(await page.locator('main a[href^="/tableaux/"]').count(), 1);
    assert.deepEqual(await axe(page), []);

    assert.equal((await openFromLetter(page, eve.email, "sign-in"))?.status(), 410);
  });
});

test("the private feed holds what the person is registered for, and its old address ends with a new one", async () => {
  await visit({}, async (page) => {
    const flo = who("Flo");
    await takeSeat(page, WEBINAR, flo);
    await signIn(page, flo.email);
    await press(page, "/flux");
    const address = () => page.locator("#feed-address").inputValue();
    const first = await address();
    const feed = await (await fetch(first)).text();
    assert.match(feed, /SUMMARY:Le SPASER\\, Quézaco\s\?/);
    assert.equal(feed.match(/BEGIN:VEVENT/g)?.length, 1);
    await press(page, "/flux");
    await page.locator(`#feed-address:not([value="${first}"])`).waitFor();
    assert.notEqual(await address(), first);
    assert.equal((await fetch(first)).status, 410);
    assert.equal((await fetch(await address())).status, 200);
  });
});

test("signing out everywhere ends the other device's session", async () => {
  const gil = who("Gil");
  await visit({}, async (desk) => {
    await takeSeat(desk, WEBINAR, gil);
    await signIn(desk, gil.email);
    await visit({ width: PHONE }, async (phone) => {
      await signIn(phone, gil.email);
      await follow(desk, "/appareils");
      await isReadable(desk);
      await press(desk, "/deconnexion-partout");
      await desk.waitForURL((url) => !url.pathname.startsWith("/mon-parcours"));
      await phone.goto("/mon-parcours");
      await phone.locator('form[action="/connexion"]').waitFor();
      assert.equal(await sidewaysScroll(phone), 0);
    });
  });
});

test("a link opened on another device wants the code that the first one shows", async () => {
  const jil = who("Jil");
  await visit({}, async (desk) => {
    await takeSeat(desk, WEBINAR, jil);
    await askForLink(desk, jil.email);
    await isReadable(desk);
    const code = (await desk.locator("#code").textContent()) ?? "";
    await visit({ width: PHONE, expected: /422/ }, async (phone) => {
      const button = phone.locator('form[action^="/connexion/"] button');
      await openFromLetter(phone, jil.email, "sign-in");
      await isReadable(phone);
      await fillIn(phone, { code: code.startsWith("0") ? "111111" : "000000" });
      await button.click();
      await phone.locator("#code-error").waitFor();
      await isReadable(phone);
      await fillIn(phone, { code });
      await button.click();
      await phone.waitForURL("**/mon-parcours");
    });
  });
});

test("a seat is given back from one's own page", async () => {
  await visit({ script: false }, async (page) => {
    const ivo = who("Ivo");
    await takeSeat(page, WORKSHOP, ivo);
    await signIn(page, ivo.email);
    await follow(page, "/annuler");
    await press(page, "/annuler");
    await done(page, "annulee");
    await openLetter(page, ivo.email, "cancelled");
  });
});

test("an organiser sees who is registered and opens the board; a participant sees neither", async () => {
  await takeSeats(site.server.url, INDICATORS, people(3));
  await visit({}, async (page) => {
    await signIn(page, ORGANISER);
    await page.getByRole("link", { name: "Organisation", exact: true }).click();
    await page.getByRole("link", { name: "Suivre et définir des indicateurs", exact: true }).click();
    await page.getByRole("cell", { name: "personne1@exemple.fr" }).waitFor();
    assert.deepEqual(await axe(page), []);
    await page.locator('main a[href^="/tableaux/"]').first().click();
    await page.waitForURL("**/tableaux/*");
  });
  await visit({ expected: /403/ }, async (page) => {
    const lou = who("Lou");
    await takeSeat(page, WEBINAR, lou);
    await signIn(page, lou.email);
    await page.goto("/organisation");
    await page.getByRole("heading", { level: 1 }).waitFor();
    assert.doesNotMatch((await page.getByRole("main").textContent()) ?? "", /personne1/);
  });
});

test("every public page passes axe, on a desk and on a phone", async () => {
  const paths = ["/", `/evenements/${WORKSHOP}`, `/evenements/${WEBINAR}/inscription`, `/evenements/${WORKSHOP}/inscription`, "/connexion", "/courriels", "/nulle-part"];
  for (const width of [1280, PHONE]) {
    await visit({ width, expected: /404/ }, async (page) => {
      for (const path of paths) {
        await page.goto(path);
        await isReadable(page);
      }
    });
  }
});
