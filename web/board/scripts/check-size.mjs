// Fails the build when the first JavaScript of a board is heavier than a phone should have to load.
import { gzipSync } from "node:zlib";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { dirname, join } from "node:path";

/** Bytes after gzip; from the table of bars in the design. */
const MAX_FIRST_SCRIPT = 70_000;
const dist = fileURLToPath(new URL("../dist/", import.meta.url));

/**
 * The entry and all its static imports: the scripts that are loaded before the board is shown.
 * @param {string} file
 * @param {Set<string>} seen
 */
function firstLoad(file, seen = new Set()) {
  if (seen.has(file)) return seen;
  seen.add(file);
  const source = readFileSync(file, "utf8");
  for (const [, path] of source.matchAll(/(?:^|[;}\s])import\s*(?:[\w${},*\s]+from\s*)?"(\.[^"]+)"/g)) {
    firstLoad(join(dirname(file), path ?? ""), seen);
  }
  return seen;
}

const files = [...firstLoad(join(dist, "board.js"))];
const bytes = files.reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0);
if (!existsSync(join(dist, "board.css"))) {
  console.error("board.css is missing");
  process.exit(1);
}
console.log(`first JavaScript: ${bytes} bytes gzip of at most ${MAX_FIRST_SCRIPT} (${files.length} file(s))`);
if (bytes > MAX_FIRST_SCRIPT) process.exit(1);
