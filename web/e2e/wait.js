// Waiting for a condition outside the browser; inside it Playwright waits by itself.
import { setTimeout as delay } from "node:timers/promises";

/** Milliseconds between two attempts. */
const INTERVAL = 30;

/**
 * Asks again until the answer is truthy, and returns it.
 * @template T
 * @param {() => T | Promise<T>} condition
 * @param {string | (() => string)} what is waited for, for the error message
 * @param {number} [timeout] milliseconds
 * @returns {Promise<NonNullable<T>>}
 */
export async function waitUntil(condition, what, timeout = 10_000) {
  const deadline = Date.now() + timeout;
  for (;;) {
    const answer = await condition();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`waited ${timeout} ms in vain: ${typeof what === "string" ? what : what()}`);
    await delay(INTERVAL);
  }
}
