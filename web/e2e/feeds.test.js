// The calendar feeds, read by a parser from another world (ical.js), whose times are compared with Node's own zones.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import ICAL from "ical.js";
import { Server } from "./server.js";
import { waitUntil } from "./wait.js";

/** @type {Server} */
let server;

before(async () => void (server = await Server.start()));
after(() => server.stop());

/** @param {string} path */
async function calendar(path) {
  const response = await fetch(server.url + path);
  assert.equal(response.status, 200, path);
  return new ICAL.Component(ICAL.parse(await response.text()));
}

/** @param {ICAL.Component} component */
const events = (component) => component.getAllSubcomponents("vevent").map((event) => new ICAL.Event(event));

const paris = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/Paris", timeZoneName: "longOffset" });

/**
 * The difference between the clocks of Paris and UTC, in seconds, as Node knows it.
 * @param {number} instant
 */
function offsetInParis(instant) {
  const name = paris.formatToParts(instant).find((part) => part.type === "timeZoneName")?.value ?? "";
  const [, sign, hours, minutes] = /GMT([+-])(\d+):(\d+)/.exec(name) ?? ["", "+", "0", "0"];
  return (sign === "-" ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60);
}

/** @param {number} instant */
const clockInParis = (instant) => new Date(instant + offsetInParis(instant) * 1000).toISOString().slice(0, 19);

test("every event of the programme is there at the time that its page shows", async () => {
  const page = await (await fetch(server.url + "/")).text();
  const shown = [...page.matchAll(/<time datetime="([^"]+)"/g)].map((match) => Date.parse(match[1] ?? ""));
  const starts = events(await calendar("/calendrier.ics")).map((event) => event.startDate.toJSDate().getTime());
  assert.equal(starts.length, 6);
  for (const start of starts) assert.ok(shown.includes(start), `${new Date(start).toISOString()} is not on the page`);
});

test("the zone that the feed brings changes its clocks when Node's does", async () => {
  const component = await calendar("/calendrier.ics");
  const zone = new ICAL.Timezone(component.getFirstSubcomponent("vtimezone"));
  const hour = 3600 * 1000;
  for (let year = 2026; year <= 2032; year++) {
    for (const month of [0, 2, 6, 9]) {
      for (let instant = Date.UTC(year, month, 20); instant < Date.UTC(year, month + 1, 3); instant += hour) {
        // Readers differ about the hour that occurs twice.
        if (clockInParis(instant) === clockInParis(instant - hour) || clockInParis(instant) === clockInParis(instant + hour)) continue;
        const clock = clockInParis(instant);
        assert.equal(zone.utcOffset(ICAL.Time.fromDateTimeString(clock)), offsetInParis(instant), clock);
      }
    }
  }
});

test("a file of one event is the same event as in the feed", async () => {
  const [first] = events(await calendar("/calendrier.ics"));
  const page = first?.component.getFirstPropertyValue("url");
  const [alone, ...others] = events(await calendar(`${new URL(String(page)).pathname}.ics`));
  assert.equal(others.length, 0);
  assert.equal(alone?.component.toString(), first?.component.toString());
  assert.equal(alone?.sequence, 0);
  assert.match(String(alone?.summary), /SPASER, Quézaco/);
  assert.match(String(alone?.description), /Programme et inscription\u00a0: http/);
});

/** Texts that break careless writers, and careless readers. */
const TITLES = [
  "Été, achats ; suivi : « bilan » \\ fin",
  "Une ligne très longue ".repeat(14).slice(0, 300).trim(),
  "👩🏽‍🏫 Équipe, n° 2 (50 %)",
  "BEGIN:VEVENT; END:VCALENDAR",
  "\\n n’est pas un saut \\, ni ceci \\;",
];

/** @param {string} text for a string of TOML */
const quoted = (text) => JSON.stringify(text);

test("any text is read back as it was written, and another process's import is in the feed within moments", async () => {
  const before = (await calendar("/calendrier.ics")).toString();
  const months = ["01", "03", "07", "10"];
  const events = TITLES.map((title, index) => {
    const day = `2027-${months[index % months.length]}-2${index}`;
    return `[[event]]\nslug = "texte-${index}"\nkind = "webinar"\ntitle = ${quoted(title)}\nsummary = ${quoted(`${title}\n\n${title}`)}
starts = ${day}T09:30:00\nends = ${day}T11:00:00\nplace = ${quoted(title)}\n`;
  });
  const file = join(server.folder, "textes.toml");
  await writeFile(file, `[edition]\nslug = "textes"\ntitle = "Textes"\nsummary = ""\n${events.join("")}`);
  server.command("import", file);
  // The feed is cached; a change made by another process is noticed within a second.
  const now = await waitUntil(async () => {
    const feed = await calendar("/calendrier.ics");
    return feed.toString() === before ? undefined : feed;
  }, "a changed feed");
  const read = now.getAllSubcomponents("vevent").map((event) => new ICAL.Event(event));
  for (const [index, title] of TITLES.entries()) {
    const event = read.find((one) => one.summary === title);
    assert.ok(event, `${title} is not among ${read.map((one) => one.summary).join(" | ")}`);
    assert.equal(event.location, title);
    assert.ok(event.description.startsWith(`${title}\n\n${title}\n\n`), event.description);
    const start = event.startDate.toJSDate().getTime();
    assert.equal(clockInParis(start).slice(5, 16), `${months[index % months.length]}-2${index}T09:30`);
  }
});
