// The help, in French: what fingers do, what keys do.
interface Keys {
  title: string;
  keys: readonly (readonly [string, string])[];
}

export const KEYS: readonly Keys[] = [
  {
    title: "Dans le tableau",
    keys: [
      ["← ↑ → ↓", "aller d’une case à l’autre"],
      ["Entrée", "modifier la case ; valider et descendre"],
      ["Échap", "quitter sans modifier"],
      ["Tab", "valider et passer à la case suivante"],
      ["Espace", "ouvrir tous les champs de la fiche"],
      ["Suppr", "vider la case"],
      ["Maj Suppr", "supprimer la fiche"],
    ],
  },
  {
    title: "Sur la carte",
    keys: [
      ["← ↑ → ↓", "aller à la fiche la plus proche"],
      ["Alt ←", "déplacer la fiche (avec ↑, →, ↓ aussi)"],
      ["Entrée", "ouvrir la fiche"],
      ["L", "relier : les flèches choisissent l’autre fiche, Entrée relie"],
      ["L L", "relier par le formulaire de la fiche"],
      ["C", "commenter"],
      ["V", "voter"],
      ["Maj Suppr", "supprimer la fiche"],
      ["+ − 0", "agrandir, réduire, tout voir"],
    ],
  },
  {
    title: "En colonnes",
    keys: [
      ["← ↑ → ↓", "aller d’une fiche à l’autre"],
      ["Alt ←", "porter la fiche dans la colonne voisine (avec → aussi)"],
      ["Entrée", "ouvrir la fiche"],
      ["C", "commenter"],
      ["V", "voter"],
      ["Maj Suppr", "supprimer la fiche"],
    ],
  },
  {
    title: "Partout",
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

/** A gesture, and what it does. */
export const TOUCH: readonly (readonly [string, string])[] = [
  ["Toucher une fiche", "l’ouvrir et la modifier"],
  ["La flèche d’« Ajouter »", "partir d’un modèle"],
  ["Glisser une fiche", "la déplacer sur la carte ; sur « Pouvoir et intérêt », ses deux notes changent"],
  ["Glisser le fond", "se déplacer sur la carte"],
  ["Écarter deux doigts", "agrandir ; les rapprocher réduit"],
  ["Les six points", "porter la fiche dans une autre colonne"],
  ["Sans glisser", "tout se change aussi dans la fiche ouverte : notes, famille, colonne, liens"],
];
