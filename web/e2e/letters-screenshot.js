// Makes a picture of every letter with every sample, as a mail app shows it: on a desk, at 320 px, and in dark mode.
//   make letters
// reads what the Rust test `letters_are_left_to_be_looked_at` wrote, and leaves the pictures in web/e2e/out/letters.
import { execFileSync } from "node:child_process";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { openBrowser } from "./browser.js";

const ROOT = join(import.meta.dirname, "../..");
const OUT = join(import.meta.dirname, "out/letters");

/** How each letter is looked at. */
const VIEWS = /** @type {const} */ ([
  { name: "desk", width: 700, scheme: "light" },
  { name: "phone", width: 320, scheme: "light" },
  { name: "dark", width: 700, scheme: "dark" },
]);

const metadata = execFileSync("cargo", ["metadata", "--format-version", "1", "--no-deps", "--locked"], { cwd: ROOT });
const folder = join(JSON.parse(metadata.toString()).target_directory, "tmp/letters");
const letters = (await readdir(folder)).filter((name) => name.endsWith(".html"));

await mkdir(OUT, { recursive: true });
const browser = await openBrowser();
let wide = 0;
for (const { name, width, scheme } of VIEWS) {
  const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme: scheme, javaScriptEnabled: false });
  for (const letter of letters) {
    await page.goto(pathToFileURL(join(folder, letter)).href);
    await page.screenshot({ path: join(OUT, `${letter.replace(".html", "")}-${name}.png`), fullPage: true });
    const box = await page.locator("html").evaluate((html) => html.scrollWidth - html.clientWidth);
    if (box > 0) {
      wide += 1;
      process.stderr.write(`${letter} is ${box} px too wide on a ${name}\n`);
    }
  }
  await page.close();
}
await browser.close();
process.stdout.write(`${letters.length * VIEWS.length} pictures in ${OUT}\n`);
process.exitCode = wide > 0 ? 1 : 0;
