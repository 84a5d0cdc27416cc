// Validates a field's value; makes the same decisions as the server's schema.
import type { Value, Refusal } from "./protocol.ts";
import { MAX_LINE, MAX_NUMBER, MAX_TEXT, type FieldSpec } from "./schemas.ts";

/** Whether the text is longer than `max` characters (not UTF-16 units). */
function isLonger(value: string, max: number): boolean {
  return value.length > max && [...value].length > max;
}

/** Validates a text. A NUL, as in text pasted from some documents, is refused because databases cannot store it. */
export function checkText(value: string, max: number): Refusal | null {
  if (value.includes("\0")) return "bad_text";
  return isLonger(value, max) ? "too_long" : null;
}

function checkNumber(spec: FieldSpec, value: Value): Refusal | null {
  if (typeof value !== "number" || !Number.isFinite(value)) return "wrong_type";
  if (spec.type === "integer" && !Number.isInteger(value)) return "wrong_type";
  if (value < (spec.min ?? -MAX_NUMBER) || value > (spec.max ?? MAX_NUMBER)) return "out_of_range";
  return null;
}

export function checkValue(spec: FieldSpec, value: Value): Refusal | null {
  switch (spec.type) {
    case "number":
    case "integer":
      return checkNumber(spec, value);
    case "choice":
      if (typeof value !== "string") return "wrong_type";
      return spec.choices?.includes(value) ? null : "unknown_choice";
    default:
      if (typeof value !== "string") return "wrong_type";
      return checkText(value, spec.type === "text" ? MAX_TEXT : MAX_LINE);
  }
}

/** The value of typed text: null when empty, undefined when a number is required and it is none. */
export function parseValue(spec: FieldSpec, typed: string): Value | null | undefined {
  if (spec.type === "text") return typed === "" ? null : typed;
  const plain = typed.replaceAll("\0", "").replaceAll(/\s+/gu, " ").trim();
  if (plain === "") return null;
  if (spec.type !== "number" && spec.type !== "integer") return plain;
  const value = Number(plain.replaceAll(/[\s\u202f%€]/gu, "").replace(",", "."));
  return Number.isFinite(value) ? rounded(value) : undefined;
}

/** Rounds to four decimals, so that every JSON reader gets the same number. */
export function rounded(value: number): number {
  return Number(value.toFixed(4)) + 0;
}
