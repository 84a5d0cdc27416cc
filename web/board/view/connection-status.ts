// The status of this tab's connection, in words: connected or not, everything saved or not.
import { fr } from "../i18n/fr.ts";
import type { Session } from "./session.svelte.ts";

export interface ConnectionStatus {
  /** The state behind the words, for tests and styles. */
  readonly state: "ended" | "read_only" | "saving" | "saved" | "full" | "offline" | "connecting";
  readonly tone: "on" | "busy" | "off";
  /** Text before the status, shown where there is room. */
  readonly before?: string;
  readonly text: string;
}

/** Number of the attempt from which the status is offline; fewer may be a short interruption. */
const OFFLINE_FROM = 3;

export function connectionStatus({ connection, pendingCount, mayEdit }: Session): ConnectionStatus {
  if (connection.type === "ended") return { state: "ended", tone: "off", text: fr.ended[connection.reason] };
  if (connection.type === "open") return openStatus(pendingCount > 0, mayEdit);
  if (connection.full) return { state: "full", tone: "off", text: pendingCount > 0 ? `${fr.full} ${fr.offline(pendingCount)}` : fr.full };
  if (connection.attempt >= OFFLINE_FROM || pendingCount > 0) return { state: "offline", tone: "off", text: fr.offline(pendingCount) };
  return { state: "connecting", tone: "busy", text: connection.attempt === 0 ? fr.connecting : fr.reconnecting };
}

function openStatus(isSaving: boolean, mayEdit: boolean): ConnectionStatus {
  const tone = isSaving ? "busy" : "on";
  const before = `${fr.connected} · `;
  if (!mayEdit) return { state: "read_only", tone, before, text: fr.readOnly };
  return isSaving ? { state: "saving", tone, before, text: fr.saving } : { state: "saved", tone, before, text: fr.saved };
}
