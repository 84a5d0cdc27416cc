// A tab left open over an upgrade that changes the messages: it asks to reload, and pending edits are sent after that.
import assert from "node:assert/strict";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { ADA, addIndicator, Boards, CUT, INDICATORS, row, saved, status } from "./boards.js";
import { axe } from "./browser.js";
import { binary } from "./server.js";

const boards = Boards.forTests([INDICATORS], [ADA]);

/** Tomorrow's program: the same, but for one limit in the messages that it knows. */
async function upgraded() {
  const bytes = await readFile(binary());
  const [today, tomorrow] = ["export const MAX_COMMENT = 2000;", "export const MAX_COMMENT = 2001;"];
  let at = bytes.indexOf(today);
  assert.notEqual(at, -1, "the program holds the kinds’ fields");
  for (; at !== -1; at = bytes.indexOf(today, at)) bytes.write(tomorrow, at);
  const file = join(boards.server.folder, "parcours-tomorrow");
  await writeFile(file, bytes);
  await chmod(file, 0o755);
  return file;
}

test("an outdated tab asks to reload, and its pending edits are sent after that", async () => {
  const next = await upgraded();
  await boards.open(ADA, INDICATORS, { width: 1440, expected: CUT }, async (page) => {
    await addIndicator(page, "Avant la mise à jour");
    await saved(page);
    await boards.server.kill();
    await addIndicator(page, "Pendant la mise à jour");
    await status(page, "offline").waitFor();
    boards.server.program = next;
    await boards.server.run();
    await page.getByText(/Le site a été mis à jour\s: rechargez la page/).first().waitFor();
    assert.deepEqual(await axe(page), []);
    await page.getByRole("button", { name: "Recharger la page" }).click();
    await row(page, "Pendant la mise à jour").waitFor();
    await saved(page);
    await page.reload();
    for (const name of ["Avant la mise à jour", "Pendant la mise à jour"]) await row(page, name).waitFor();
    await saved(page);
  });
});
