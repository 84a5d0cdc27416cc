// Computes the operations that turn one text into another, without splitting a surrogate pair.
import type { TextOp } from "./protocol.ts";

const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

/** True when `at` would separate the two halves of one character. */
function splitsCharacter(text: string, at: number): boolean {
  return at > 0 && at < text.length && isLowSurrogate(text.charCodeAt(at));
}

function commonPrefix(before: string, after: string, max: number): number {
  let length = 0;
  while (length < max && before.charCodeAt(length) === after.charCodeAt(length)) length += 1;
  while (splitsCharacter(before, length) || splitsCharacter(after, length)) length -= 1;
  return length;
}

function commonSuffix(before: string, after: string, max: number): number {
  let length = 0;
  while (
    length < max &&
    before.charCodeAt(before.length - 1 - length) === after.charCodeAt(after.length - 1 - length)
  ) {
    length += 1;
  }
  while (splitsCharacter(before, before.length - length) || splitsCharacter(after, after.length - length)) length -= 1;
  return length;
}

/**
 * The edit from `before` to `after`: one deletion and one insertion at one place.
 * `caret`, the position in `after` where typing stopped, decides where several results are possible ("aa" -> "aaa").
 */
export function diff(before: string, after: string, caret = after.length): TextOp[] {
  if (before === after) return [];
  const shorter = Math.min(before.length, after.length);
  const suffixAfterCaret = commonSuffix(before, after, Math.min(shorter, after.length - caret));
  const prefix = commonPrefix(before, after, shorter - suffixAfterCaret);
  const suffix = commonSuffix(before, after, shorter - prefix);
  const ops: TextOp[] = [];
  if (prefix > 0) ops.push(prefix);
  const inserted = after.slice(prefix, after.length - suffix);
  if (inserted !== "") ops.push(inserted);
  const deleted = before.length - prefix - suffix;
  if (deleted > 0) ops.push(-deleted);
  return ops;
}
