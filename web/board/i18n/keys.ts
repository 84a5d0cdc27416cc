// The French help: gestures and keys for this kind of board and this screen.

/** The features of the board that the help describes; a narrow screen has no table. */
export type HelpOptions = Readonly<Record<"links" | "votes" | "kanban" | "matrix" | "isNarrow", boolean>>;

/** A gesture or keys, and their effect. */
type Line = readonly [string, string];

interface Keys {
  title: string;
  keys: readonly Line[];
}

const only = (when: boolean, ...lines: Line[]): Line[] => (when ? lines : []);
const REMOVE: Line = ["Maj Suppr", "supprimer la fiche, hors saisie"];
const VOTE: Line = ["V", "voter"];

export function keysOf({ links, votes, kanban, isNarrow }: HelpOptions): readonly Keys[] {
  const sections: readonly (Keys & { when: boolean })[] = [
    {
      title: "Dans le tableau",
      when: !isNarrow,
      keys: [
        ["← ↑ → ↓", "aller d’une case à l’autre"],
        ["Entrée", "modifier la case ; valider et descendre"],
        ["Échap", "valider et quitter la case"],
        ["Tab", "valider et passer à la case suivante"],
        ["Espace", "ouvrir tous les champs de la fiche"],
        ["Suppr", "vider la case"],
        REMOVE,
      ],
    },
    {
      title: "Sur la carte",
      when: true,
      keys: [
        ["← ↑ → ↓", "aller à la fiche la plus proche"],
        ["Alt ←", "déplacer la fiche (avec ↑, →, ↓ aussi)"],
        ["Entrée", "ouvrir la fiche"],
        ...only(
          links,
          ["L", "relier : les flèches choisissent l’autre fiche, Entrée relie"],
          ["L L", "relier par le formulaire de la fiche"],
        ),
        ["C", "commenter"],
        ...only(votes, VOTE),
        REMOVE,
        ["+ − 0", "agrandir, réduire, tout voir"],
      ],
    },
    {
      title: "En colonnes",
      when: kanban,
      keys: [
        ["← ↑ → ↓", "aller d’une fiche à l’autre"],
        ["Alt ←", "porter la fiche dans la colonne voisine (avec → aussi)"],
        ["Entrée", "ouvrir la fiche"],
        ["C", "commenter"],
        ...only(votes, VOTE),
        REMOVE,
      ],
    },
    {
      title: "Partout",
      when: true,
      keys: [
        ["Ctrl Entrée", "ajouter une fiche"],
        ["N", "ajouter une fiche, hors d’une case"],
        ["/", "rechercher, hors d’une case"],
        ["Ctrl Z", "annuler mon dernier changement"],
        ["Ctrl Maj Z", "le rétablir"],
        ["?", "cette aide"],
      ],
    },
  ];
  return sections.filter(({ when }) => when);
}

export function gesturesOf({ kanban, matrix, isNarrow }: HelpOptions): readonly Line[] {
  return [
    ["Toucher une fiche", "l’ouvrir et la modifier"],
    ...only(isNarrow, ["La flèche d’« Ajouter »", "partir d’un modèle"]),
    ["Maintenir puis glisser une fiche", `la déplacer sur la carte${matrix ? " ; sur « Pouvoir et intérêt », ses deux notes changent" : ""}`],
    ["Glisser le fond", "se déplacer sur la carte"],
    ["Écarter deux doigts", "agrandir ; les rapprocher réduit"],
    ...only(kanban, ["Les six points", "porter la fiche dans une autre colonne"]),
    ["Sans glisser", `tout se change aussi dans la fiche ouverte : ${matrix ? "place, notes, famille, liens" : "place, colonne"}`],
  ];
}
