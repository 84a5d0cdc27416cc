// How one's own connection stands, in words: connected or not, everything saved or not.
import { fr } from "../i18n/fr.ts";
import type { Session } from "./session.svelte.ts";

export interface ConnectionStatus {
  readonly tone: "on" | "busy" | "off";
  /** Said first, where there is room. */
  readonly before?: string;
  readonly text: string;
}

/** A second try that fails means offline, not a hiccup. */
const OFFLINE_FROM = 3;

export function connectionStatus({ connection, pendingCount, mayEdit }: Session): ConnectionStatus {
  if (connection.type === "ended") return { tone: "off", text: fr.ended[connection.reason] };
  if (connection.type === "open") {
    const text = mayEdit ? (pendingCount > 0 ? fr.saving : fr.saved) : fr.readOnly;
    return { tone: pendingCount > 0 ? "busy" : "on", before: `${fr.connected} · `, text };
  }
  if (connection.full) return { tone: "off", text: pendingCount > 0 ? `${fr.full} ${fr.offline(pendingCount)}` : fr.full };
  if (connection.attempt >= OFFLINE_FROM || pendingCount > 0) return { tone: "off", text: fr.offline(pendingCount) };
  return { tone: "busy", text: connection.attempt === 0 ? fr.connecting : fr.reconnecting };
}
