// Decides when pending commands are sent: all unanswered ones again after a reconnect, in order,
// then those that are ready, a limited number in flight and below the server's rate limit.
import { EDIT_BURST, EDITS_PER_SECOND } from "../model/generated/limits.ts";
import type { Refusal } from "../model/protocol.ts";
import { toEdit } from "./commands.ts";
import type { Connection } from "./connection.ts";
import type { Timers } from "./ports.ts";
import type { Pending, Queue } from "./queue.ts";

/** Unanswered edits at a time: enough for fast editing over a slow connection. */
const MAX_IN_FLIGHT = 32;
/** Below the server's limits, so that the edits of an offline hour are sent without a refusal. */
const PER_SECOND = 0.8 * EDITS_PER_SECOND;
const BURST = 0.6 * EDIT_BURST;
/** Attempts at a command that is refused for a transient reason, before it is rejected. */
const MAX_ATTEMPTS = 6;

const TRANSIENT: readonly Refusal[] = ["too_old", "too_fast", "not_stored"];
/** Milliseconds between two attempts at a command of a kind that a server does not know yet: it is being upgraded. */
export const NOT_YET_DELAY = 10_000;

export class Sender {
  /** The head in the last welcome: until it is reached, missed edits are still to come. Null before a welcome. */
  #head: number | null = null;
  #resend = false;
  #tokens = BURST;
  #refilledAt = 0;
  #pausedUntil = 0;
  #seq = 0;
  #cancel: (() => void) | null = null;

  constructor(
    private readonly queue: Queue,
    private readonly connection: Connection,
    private readonly timers: Timers,
    private readonly save: () => void,
  ) {}

  pause(): void {
    this.#head = null;
  }

  welcomed(head: number): void {
    this.#head = head;
    this.#resend = true;
  }

  /** All edits up to `seq` are applied: sends what is ready, unless missed edits are still to come. */
  caughtUp(seq: number): void {
    this.connection.expectAnswer(false);
    if (this.queue.sent().length > 0 && this.connection.state.type === "open") this.connection.expectAnswer(true);
    this.pump(seq);
  }

  pump(seq: number): void {
    this.#seq = seq;
    if (this.#head === null || seq < this.#head || this.connection.state.type !== "open") return;
    if (this.#resend) {
      this.#resend = false;
      for (const entry of this.queue.sent()) {
        entry.resent = true;
        this.#send(entry);
      }
    }
    if (this.timers.now() < this.#pausedUntil) return;
    const ready = this.queue.ready(MAX_IN_FLIGHT - this.queue.sent().length, this.timers.now());
    const allowed = ready.filter(() => this.#takeToken());
    for (const entry of allowed) entry.n = this.queue.takeNumber();
    // Saved before it is sent: a reload must send it again under the same number, or it would be applied twice.
    if (allowed.length > 0) this.save();
    for (const entry of allowed) this.#send(entry);
    if (allowed.length < ready.length) this.#pumpIn(1000 / PER_SECOND);
  }

  /** Lets the command be sent again, under a new number. */
  requeue(entry: Pending): void {
    entry.n = null;
    entry.origin = null;
    entry.maybeApplied = false;
    entry.resent = false;
    entry.attempts += 1;
  }

  /** Whether a refused command is sent again instead of being rejected; if so, requeues it. */
  shouldRetry(entry: Pending, reason: Refusal): boolean {
    if (reason === "not_yet") {
      // However long the upgrade takes, the command is kept; those that do not depend on it are sent meanwhile.
      const { attempts } = entry;
      this.requeue(entry);
      entry.attempts = attempts;
      entry.notBefore = this.timers.now() + NOT_YET_DELAY;
      // A timer may fire a little early.
      this.timers.after(NOT_YET_DELAY + 50, () => this.pump(this.#seq));
      return true;
    }
    // The server answers `malformed` to a number that it refused before: the real reason was lost with the connection.
    const isTransient = TRANSIENT.includes(reason) || (reason === "malformed" && entry.resent);
    if (!isTransient || entry.attempts >= MAX_ATTEMPTS) return false;
    this.requeue(entry);
    if (reason === "too_fast" || reason === "not_stored") {
      const pause = 250 * 2 ** entry.attempts;
      this.#pausedUntil = this.timers.now() + pause;
      this.#pumpIn(pause);
    }
    return true;
  }

  #send(entry: Pending): void {
    if (entry.n === null) return;
    const { origin, command } = entry;
    const edit =
      origin !== null && command.type === "edit_text"
        ? toEdit({ ...command, ops: origin.ops }, origin.seq)
        : toEdit(command, this.#seq);
    this.connection.send({ type: "edit", n: entry.n, edit });
    this.connection.expectAnswer(true);
  }

  #takeToken(): boolean {
    const now = this.timers.now();
    this.#tokens = Math.min(BURST, this.#tokens + ((now - this.#refilledAt) * PER_SECOND) / 1000);
    this.#refilledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  #pumpIn(ms: number): void {
    this.#cancel?.();
    this.#cancel = this.timers.after(ms, () => {
      this.#cancel = null;
      this.pump(this.#seq);
    });
  }
}
