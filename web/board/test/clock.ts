// Virtual time: timers fire only when the test advances the clock.
import type { Timers } from "../sync/ports.ts";

interface Alarm {
  at: number;
  order: number;
  action: () => void;
}

export class VirtualClock implements Timers {
  #now = 0;
  #order = 0;
  #alarms: Alarm[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, action: () => void): () => void {
    this.#order += 1;
    const alarm = { at: this.#now + ms, order: this.#order, action };
    this.#alarms.push(alarm);
    return () => {
      this.#alarms = this.#alarms.filter((other) => other !== alarm);
    };
  }

  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const due = this.#alarms
        .filter(({ at }) => at <= end)
        .sort((a, b) => a.at - b.at || a.order - b.order)
        .at(0);
      if (due === undefined) break;
      this.#alarms = this.#alarms.filter((other) => other !== due);
      this.#now = due.at;
      due.action();
    }
    this.#now = end;
  }
}
