// A signed letter, verified by another implementation (dkimpy): the one that a Rust test received over SMTP.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createPrivateKey, createPublicKey } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

const ROOT = join(import.meta.dirname, "../..");

/** Says on one line whether the mail that comes in is signed by the key of the record that is named. */
const VERIFY = `
import dkim, sys
record = sys.argv[1].encode()
asked = []
def dns(name, timeout=5):
    asked.append(name.decode() if isinstance(name, bytes) else name)
    return record
print(dkim.verify(sys.stdin.buffer.read(), dnsfunc=dns), *asked)
`;

test("a signed letter is found right, and wrong once anything in it is changed", async () => {
  const programs = execFileSync(join(ROOT, "dev/calendar-clients.sh"), { cwd: ROOT }).toString().trim();
  execFileSync("cargo", ["test", "--quiet", "--locked", "--test", "it", "--", "a_signed_letter_carries"], { cwd: ROOT });
  const metadata = execFileSync("cargo", ["metadata", "--format-version", "1", "--no-deps", "--locked"], { cwd: ROOT });
  const signed = await readFile(join(JSON.parse(metadata.toString()).target_directory, "tmp/signed.eml"), "latin1");
  const key = createPublicKey(createPrivateKey(await readFile(join(ROOT, "tests/fixtures/dkim.pem"))));
  const record = `v=DKIM1; k=rsa; p=${key.export({ type: "spki", format: "der" }).toString("base64")}`;
  /** @param {string} mail */
  const verify = (mail) =>
    execFileSync(join(programs, "bin/python"), ["-c", VERIFY, record], { input: Buffer.from(mail, "latin1") }).toString().trim();

  assert.equal(verify(signed), "True letters2026._domainkey.exemple.fr.");
  const changes = /** @type {const} */ ([
    ["Bonjour", "Bonsoir"],
    ["ada@exemple.fr", "eve@exemple.fr"],
    ["List-Unsubscribe: <", "List-Unsubscribe: <x"],
    ["multipart/alternative", "multipart/mixed"],
    ["Date: ", "Date:  Mon, "],
  ]);
  for (const [what, by] of changes) {
    assert.ok(signed.includes(what), what);
    assert.match(verify(signed.replace(what, by)), /^False/, what);
  }
  assert.match(verify(`From: eve@exemple.fr\r\n${signed}`), /^False/, "a second From");
  // Mail servers refold headers and add blanks at the ends of lines: relaxed/relaxed lets them.
  assert.match(verify(signed.replace("Auto-Submitted: ", "Auto-Submitted:\r\n  ")), /^True/);
});
