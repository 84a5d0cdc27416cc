// Computes text transforms with the client's implementation, for the Rust test that compares both (`text.rs`).
// Reads cases as JSON from standard input and writes them back with the client's results.
import { readFileSync } from "node:fs";
import { text as readAll } from "node:stream/consumers";
import ts from "typescript";

const source = readFileSync(new URL("../model/text.ts", import.meta.url), "utf8");
// The module imports types only, so nothing is left to resolve once the types are removed.
const { outputText } = ts.transpileModule(source, { compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true } });
const { apply, normalise, transform } = await import(`data:text/javascript,${encodeURIComponent(outputText)}`);

/** @type {{ text: string, earlier: (string | number)[], sent: (string | number)[] }[]} */
const cases = JSON.parse(await readAll(process.stdin));
const results = cases.map(({ text, earlier, sent }) => {
  const later = normalise(sent);
  const afterEarlier = apply(text, earlier);
  const transformed = transform(later, earlier, "theirs_first");
  return { text, earlier, sent, later, after_earlier: afterEarlier, transformed, merged: apply(afterEarlier, transformed) };
});
console.log(JSON.stringify(results));
