// Turns "the text was this, now it is that" into operations, without ever cutting a character in two.
import type { TextOp } from "./protocol.ts";

const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

/** True when `at` would separate the two halves of one character. */
function cuts(text: string, at: number): boolean {
  return at > 0 && at < text.length && isLowSurrogate(text.charCodeAt(at));
}

function commonPrefix(before: string, after: string, max: number): number {
  let length = 0;
  while (length < max && before.charCodeAt(length) === after.charCodeAt(length)) length += 1;
  while (cuts(before, length) || cuts(after, length)) length -= 1;
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
  while (cuts(before, before.length - length) || cuts(after, after.length - length)) length -= 1;
  return length;
}

/**
 * The edit from `before` to `after`: one deletion and one insertion at one place.
 * `caret`, the position in `after` where typing stopped, decides between equal readings ("aa" -> "aaa").
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
