// The feed in real calendar programs: vdirsyncer fetches it, khal shows it, in a zone far from Paris.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Server } from "./server.js";
import { waitUntil } from "./wait.js";

const ROOT = join(import.meta.dirname, "../..");

/** @type {Server} */
let server;
let programs = "";

before(async () => {
  programs = execFileSync(join(ROOT, "dev/calendar-clients.sh"), { cwd: ROOT }).toString().trim();
  server = await Server.start();
  const { folder, url } = server;
  await mkdir(join(folder, "calendar"));
  await writeFile(
    join(folder, "vdirsyncer"),
    `[general]\nstatus_path = "${folder}/status/"\n
[pair parcours]\na = "here"\nb = "site"\ncollections = null\nconflict_resolution = "b wins"\n
[storage site]\ntype = "http"\nurl = "${url}/calendrier.ics"\n
[storage here]\ntype = "filesystem"\npath = "${folder}/calendar/"\nfileext = ".ics"\n`,
  );
  const times = "timeformat = %H:%M\ndateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\ndatetimeformat = %Y-%m-%d %H:%M\nlongdatetimeformat = %Y-%m-%d %H:%M";
  await writeFile(
    join(folder, "khal"),
    `[calendars]\n[[parcours]]\npath = ${folder}/calendar/\ntype = calendar\nreadonly = True\n
[locale]\nlocal_timezone = Pacific/Auckland\ndefault_timezone = Pacific/Auckland\n${times}\n
[sqlite]\npath = ${folder}/khal.db\n`,
  );
  run("vdirsyncer", "discover");
});
after(() => server.stop());

/**
 * @param {"vdirsyncer" | "khal"} program
 * @param {string[]} words
 */
function run(program, ...words) {
  const settings = join(server.folder, program);
  return execFileSync(join(programs, "bin", program), ["-c", settings, ...words], { input: "y\n", stdio: ["pipe", "pipe", "pipe"] }).toString();
}

/** What khal shows of the coming year, as "YYYY-MM-DD HH:MM title". */
function shown() {
  const lines = run("khal", "list", "--day-format", "", "--format", "{start-long} {title}", "today", "370d").split("\n");
  return lines.map((line) => line.trim()).filter((line) => line !== "");
}

/** What the programme's page says, on the clocks of Auckland. */
async function onThePage() {
  const page = await (await fetch(server.url + "/")).text();
  const clock = new Intl.DateTimeFormat("sv-SE", { timeZone: "Pacific/Auckland", dateStyle: "short", timeStyle: "short" });
  return [...page.matchAll(/<time datetime="([^"]+)"/g)].map((match) => clock.format(new Date(match[1] ?? "")));
}

test("a calendar program shows every event at its time, wherever it stands, and a second look brings nothing", async () => {
  run("vdirsyncer", "sync");
  const events = shown();
  assert.deepEqual(events.map((line) => line.slice(0, 16)), await onThePage());
  assert.equal(events.length, 6);
  assert.match(events[0] ?? "", /Le SPASER, Quézaco\s\?$/);
  assert.doesNotMatch(run("vdirsyncer", "sync"), /Copying|Deleting/);
});

test("an event that moves is shown once, at its new time", async () => {
  const carried = await readFile(join(ROOT, "src/domain/programme/spaser.toml"), "utf8");
  const year = shown()[1]?.slice(0, 4) ?? "";
  const file = join(server.folder, "moved.toml");
  // The demonstration's dates are the carried ones moved to the coming cycle; here workshop 1 begins in the morning.
  const moved = carried.replace(/starts = 2024-01-23T14:00:00\nends = 2024-01-23T16:30:00/, `starts = ${year}-01-23T09:15:00\nends = ${year}-01-23T11:00:00`);
  assert.notEqual(moved, carried);
  await writeFile(file, onlyEvent(moved, "atelier-1-role-de-l-acheteur"));
  server.command("import", file);
  // A change made by another process reaches the feed within a second.
  await waitUntil(async () => (await (await fetch(`${server.url}/calendrier.ics`)).text()).includes(`${year}0123T091500`), "the moved event in the feed");
  run("vdirsyncer", "sync");
  const events = shown();
  assert.equal(events.length, 6, events.join("\n"));
  assert.deepEqual(events.map((line) => line.slice(0, 16)), await onThePage());
  assert.equal(events.filter((line) => line.includes("Le rôle de l’acheteur")).length, 1);
});

/**
 * The programme with one of its events only.
 * @param {string} toml
 * @param {string} slug
 */
function onlyEvent(toml, slug) {
  const [edition = "", ...events] = toml.split(/^\[\[event\]\]$/m);
  return `${edition}[[event]]${events.find((event) => event.includes(`slug = "${slug}"`)) ?? ""}`;
}
