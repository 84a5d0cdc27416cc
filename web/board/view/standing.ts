// How one's own connection stands, in words: connected or not, everything saved or not.
import { fr } from "../i18n/fr.ts";
import type { Session } from "./session.svelte.ts";

export interface Standing {
  readonly tone: "on" | "busy" | "off";
  /** Said first, where there is room. */
  readonly before?: string;
  readonly text: string;
}

/** A second try that fails means offline, not a hiccup. */
const OFFLINE_FROM = 3;

export function standing({ connection, waiting, mayEdit }: Session): Standing {
  if (connection.type === "ended") return { tone: "off", text: fr.ended[connection.reason] };
  if (connection.type === "open") {
    const text = mayEdit ? (waiting > 0 ? fr.saving : fr.saved) : fr.readOnly;
    return { tone: waiting > 0 ? "busy" : "on", before: `${fr.connected} · `, text };
  }
  if (connection.full) return { tone: "off", text: waiting > 0 ? `${fr.full} ${fr.offline(waiting)}` : fr.full };
  if (connection.attempt >= OFFLINE_FROM || waiting > 0) return { tone: "off", text: fr.offline(waiting) };
  return { tone: "busy", text: connection.attempt === 0 ? fr.connecting : fr.reconnecting };
}
