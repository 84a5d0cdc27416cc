// The French texts of a replay; loaded with it.
import type { Board } from "../model/board.ts";
import type { BoardKind, Id } from "../model/protocol.ts";
import { schemaOf } from "../model/schemas.ts";
import type { LoggedEdit } from "../model/timeline.ts";
import { fieldLabel, fr, LINK_KINDS, quoted } from "./fr.ts";

export const words = {
  loading: "Lecture du journal…",
  failed: "Le journal n’a pas pu être lu. Rechargez la page pour réessayer.",
  empty: "Rien ne s’est encore passé sur ce tableau.",
  slider: "Moment de la séance",
  play: "Lecture",
  pause: "Pause",
  back: "Étape précédente",
  forward: "Étape suivante",
  start: "Début",
  end: "Fin",
  beginning: "Avant la première modification",
  of: (step: number, all: number): string => `${step} sur ${all}`,
  controls: "Lecture de la séance",
};

/** An edit as a French sentence without its author; `before` and `after` are the boards around it. */
export function describeEdit(kind: BoardKind, { edit }: LoggedEdit, before: Board, after: Board): string {
  const nameOf = (card: Id): string => {
    const fields = (after.cards.get(card) ?? before.cards.get(card))?.fields ?? {};
    return quoted(String(fields[schemaOf(kind).title] ?? "") || fr.untitled);
  };
  switch (edit.type) {
    case "add_card":
      return `ajoute ${nameOf(edit.card)}`;
    case "set_field":
    case "edit_text":
      return `${edit.type === "set_field" ? "change" : "écrit dans"} ${nameOf(edit.card)} : ${fieldLabel(kind, edit.field)}`;
    case "set_fields":
      return `change ${nameOf(edit.card)} : ${Object.keys(edit.fields).map((field) => fieldLabel(kind, field)).join(", ")}`;
    case "move_card":
      return `déplace ${nameOf(edit.card)}`;
    case "remove_card":
      return `supprime ${nameOf(edit.card)}`;
    case "restore_card":
      return `remet ${nameOf(edit.card)}`;
    case "vote":
      return `${edit.on ? "vote pour" : "retire sa voix à"} ${nameOf(edit.card)}`;
    case "add_link":
    case "set_link":
    case "remove_link": {
      const link = after.links.get(edit.link) ?? before.links.get(edit.link);
      if (link === undefined) return "change un lien";
      const ends = `${nameOf(link.from)} ${LINK_KINDS[link.kind] ?? ""} ${nameOf(link.to)}`;
      return edit.type === "add_link" ? `relie : ${ends}` : edit.type === "set_link" ? `change le lien : ${ends}` : `supprime le lien : ${ends}`;
    }
    default:
      return "commente";
  }
}
