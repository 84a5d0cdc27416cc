// The French texts of the board client; labels of fields, choices and links are the same as in the server's exports.
import labels from "../../pages/board-labels.json" with { type: "json" };
import type { BoardKind, Refusal } from "../model/protocol.ts";

interface Noun {
  one: string;
  many: string;
  /** "Nouvel indicateur", "Nouvelle fiche". */
  fresh: string;
  freshMany: string;
  feminine: boolean;
  /** "l’indicateur", "la fiche". */
  the: string;
  this: string;
}

export const NOUNS: Record<BoardKind, Noun> = labels.kinds;

export const LINK_KINDS: Record<string, string> = labels.links;

/** Column heads need shorter words; an import knows them too. */
const COLUMNS: Record<string, string> = labels.columns;

export const SECTIONS: Record<string, string> = {
  what: "Ce que l’on suit",
  measure: "Comment on le mesure",
  aim: "Départ et cible",
  steering: "Pilotage",
  who: "Qui est-ce ?",
  exchange: "Ce que chacun apporte",
  stance: "Position",
  more: "Notes",
  question: "Question",
  answer: "Réponse",
  card: "Fiche",
};

export const HINTS: Record<string, string> = {
  definition: "Ce que l’indicateur compte, et ce qu’il ne compte pas.",
  numerator: "Ex. : montant des marchés avec une clause d’insertion",
  denominator: "Ex. : montant total des achats",
  source: "Ex. : logiciel de gestion financière, déclarations des titulaires",
  policies: "Ex. : plan climat-air-énergie, rapport égalité femmes-hommes",
  contact: "Reste sur ce tableau : n’est pas exporté.",
  role: "Ce que cet acteur peut décider, apporter ou bloquer.",
};

export function fieldLabel(kind: BoardKind, field: string): string {
  const names: Record<string, string> = labels.fields[kind];
  return names[field] ?? field;
}

export function columnLabel(kind: BoardKind, field: string): string {
  return COLUMNS[field] ?? fieldLabel(kind, field);
}

export function choiceLabel(field: string, value: string): string {
  const names: Record<string, string> = labels.choices;
  return names[`${field}.${value}`] ?? names[value] ?? value;
}

const REFUSALS: Record<Refusal | "too_large", string> = {
  not_allowed: "vous n’avez pas le droit de le faire, ou une autre personne l’a supprimée",
  archived: "le tableau est archivé",
  no_such_card: "la fiche a été supprimée entre-temps",
  no_such_link: "le lien a été supprimé entre-temps",
  no_such_comment: "le commentaire a été supprimé entre-temps",
  too_many_comments: "cette fiche a trop de commentaires",
  exists_already: "c’est déjà fait",
  unknown_field: "ce champ n’existe pas sur ce tableau",
  wrong_type: "ce champ attend une autre sorte de valeur",
  too_long: "le texte est trop long",
  out_of_range: "le nombre est hors des limites",
  unknown_choice: "ce choix n’est pas proposé",
  links_not_here: "ce tableau n’a pas de liens",
  link_to_itself: "un lien relie deux fiches différentes",
  too_many_cards: "le tableau est plein",
  too_old: "le texte a trop changé entre-temps",
  bad_text: "le texte a changé entre-temps",
  too_fast: "trop de modifications à la fois",
  malformed: "le serveur ne l’a pas comprise",
  not_stored: "le serveur n’a pas pu l’enregistrer",
  not_yet: "le site est en cours de mise à jour",
  too_large: "le texte est trop long pour être envoyé en une fois",
};

/** Why a command was refused, in words; a server of a later version may have other reasons. */
export function reasonText(reason: Refusal | "too_large"): string {
  const texts: Record<string, string> = REFUSALS;
  return texts[reason] ?? "le serveur l’a refusée";
}

const plural = (count: number, one: string, many: string): string => `${count} ${count < 2 ? one : many}`;

export const quoted = (text: string): string => {
  const start = text.length > 60 ? `${text.slice(0, 57)}…` : text;
  return `« ${start} »`;
};

export const fr = {
  tableView: "Tableau",
  view: "Vue",
  views: {
    table: "Tableau",
    list: "Fiches",
    kanban: "Colonnes",
    free: "Carte",
    matrix: "Pouvoir et intérêt",
    rings: "Familles",
    summary: "Bilan",
  },
  /** A view in columns is named after their field. */
  kanbanBy: (kind: BoardKind, field: string) => `Par ${fieldLabel(kind, field).toLocaleLowerCase("fr")}`,
  newColumn: "Nouvelle colonne",
  addColumn: "Ajouter la colonne",
  addIn: (kind: BoardKind, column: string) => `Ajouter ${NOUNS[kind].feminine ? "une" : "un"} ${NOUNS[kind].one} : ${column}`,
  movedTo: (name: string, column: string) => `${quoted(name)} : ${column}.`,
  colourBy: "Colorer par",
  zoom: "Agrandissement",
  zoomIn: "Agrandir",
  zoomOut: "Réduire",
  zoomFit: "Tout voir",
  drawLink: "Tirer un lien vers une autre fiche",
  unplaced: (count: number) => `À placer : ${count}`,
  matrix: {
    power: "Pouvoir",
    interest: "Intérêt",
    satisfy: "Satisfaire",
    involve: "Impliquer étroitement",
    watch: "Surveiller",
    inform: "Tenir informés",
  },
  rings: { middle: "Notre organisation", hint: "services et élus, puis acteurs du territoire" },
  links: "Liens",
  noLinks: "Aucun lien pour l’instant.",
  linkKind: "Sorte de lien",
  linkTo: "Vers",
  linkStrength: "Force du lien",
  strengths: ["faible", "moyen", "fort"],
  linkNote: "Précision",
  addLink: "Relier",
  linkBetween: (from: string, to: string) => `Lien de ${quoted(from)} vers ${quoted(to)}`,
  linkingFrom: (name: string) => `Relier ${quoted(name)} : choisissez l’autre fiche, par les flèches puis Entrée ou d’un clic.`,
  placing: (name: string) => `Touchez l’endroit où poser ${quoted(name)}.`,
  place: "Déplacer sur la carte",
  stop: "Abandonner",
  removeLink: (name: string) => `Supprimer le lien avec ${quoted(name)}`,
  comments: "Commentaires",
  noComments: "Aucun commentaire.",
  comment: "Votre commentaire",
  sendComment: "Commenter",
  removeComment: "Supprimer mon commentaire",
  removeCommentOf: (name: string) => `Supprimer le commentaire de ${name}`,
  addedBy: (name: string, when: string) => `Ajouté par ${name}, ${when}`,
  changedBy: (name: string, when: string) => `modifié par ${name}, ${when}`,
  unsentComment: "Votre commentaire n’a pas été envoyé.",
  unsent: "Ce que vous veniez d’écrire n’est pas parti : vous n’avez plus accès à ce tableau.",
  keptComment: "Votre commentaire n’est pas envoyé : il vous attend dans la fiche.",
  notNow: "Indisponible pour l’instant : le réseau ne répond pas.",
  filter: "Filtrer",
  filtered: (count: number) => `Filtrer (${count})`,
  anyValue: "Tous",
  groupBy: "Regrouper par",
  noGroup: "Sans regroupement",
  noValue: "Non renseigné",
  sortBy: "Trier par",
  sorts: { rank: "Ordre d’ajout", title: "Nom", votes: "Voix", changed: "Dernier changement" },
  onlyMissed: "Seulement les nouveautés depuis ma dernière visite",
  resetFilter: "Tout afficher",
  missed: (kind: BoardKind, added: number, changed: number) => {
    const { one, many, fresh, freshMany, feminine } = NOUNS[kind];
    const e = feminine ? "e" : "";
    const parts: string[] = [];
    if (added > 0) parts.push(plural(added, fresh, freshMany));
    if (changed > 0) parts.push(plural(changed, `${one} modifié${e}`, `${many} modifié${e}s`));
    return `Depuis votre dernière visite : ${parts.join(", ")}.`;
  },
  showMissed: "Les voir",
  tools: "Outils du tableau",
  add: (kind: BoardKind) => `Ajouter ${NOUNS[kind].feminine ? "une" : "un"} ${NOUNS[kind].one}`,
  addShort: "Ajouter",
  templates: "Modèles",
  search: "Rechercher",
  searchIn: (kind: BoardKind) => `Rechercher parmi les ${NOUNS[kind].many}`,
  clearSearch: "Effacer la recherche",
  undo: "Annuler mon dernier changement",
  redo: "Rétablir mon dernier changement",
  columns: "Colonnes",
  chiefColumns: "Colonnes principales",
  allColumns: "Toutes",
  help: "Aide",
  keyboard: "Au clavier",
  close: "Fermer",
  open: "Ouvrir",
  openCard: (name: string) => `Ouvrir ${quoted(name)}`,
  previous: "Fiche précédente",
  next: "Fiche suivante",
  actions: "Actions",
  legend: (field: string) => `Couleurs : ${field.toLocaleLowerCase("fr")}`,
  loading: "Ouverture du tableau…",
  notLoaded: "Cette vue n’a pas pu être chargée : le réseau ne répond pas.",
  count: (kind: BoardKind, shown: number, all: number) =>
    shown === all
      ? plural(all, NOUNS[kind].one, NOUNS[kind].many)
      : `${shown} sur ${plural(all, NOUNS[kind].one, NOUNS[kind].many)}`,
  nothingFound: (search: string) => `Rien ne correspond à ${quoted(search)}.`,
  untitled: "Sans titre",
  empty: "–",
  choose: "Choisir…",
  votes: (count: number) => plural(count, "voix", "voix"),
  voices: "voix",
  vote: "Voter",
  unvote: "Retirer ma voix",
  remove: (kind: BoardKind) => `Supprimer ${NOUNS[kind].the}`,
  removed: (kind: BoardKind, name: string) =>
    `${quoted(name)} : ${NOUNS[kind].one} ${NOUNS[kind].feminine ? "supprimée" : "supprimé"}.`,
  removedBy: (kind: BoardKind, name: string, by: string) =>
    `${quoted(name)} : ${NOUNS[kind].one} ${NOUNS[kind].feminine ? "supprimée" : "supprimé"} par ${by}.`,
  cancel: "Annuler",
  details: (kind: BoardKind) => `Détails de ${NOUNS[kind].the}`,
  emptyTitle: (kind: BoardKind) =>
    NOUNS[kind].feminine ? `Aucune ${NOUNS[kind].one} pour l’instant` : `Aucun ${NOUNS[kind].one} pour l’instant`,
  emptyText: "Commencez par une première idée : tout le monde la verra aussitôt.",
  emptyOr: "ou avec l’une de celles-ci :",
  readOnly: "Archivé, lecture seule",
  archivedNow: "L’équipe organisatrice vient d’archiver ce tableau : il se lit mais ne se modifie plus.",
  reopenedNow: "Ce tableau est rouvert : vous pouvez de nouveau y écrire.",
  connected: "Connecté",
  saved: "Tout est enregistré",
  saving: "Enregistrement…",
  connecting: "Connexion…",
  reconnecting: "Reconnexion…",
  offline: (waiting: number) =>
    waiting === 0 ? "Hors ligne" : `Hors ligne : ${plural(waiting, "modification", "modifications")} en attente`,
  full: "Tableau complet",
  fullHelp: "Trois cents personnes sont déjà sur ce tableau : c’est le plus qu’il accueille. Il s’ouvrira ici dès qu’une place se libère ; en attendant, ses exports restent accessibles plus bas.",
  offlineHelp: "Vous pouvez continuer : vos changements partiront dès le retour du réseau.",
  ended: {
    signed_out: "Vous êtes déconnecté. Reconnectez-vous pour continuer ; vos changements en attente sont gardés.",
    no_access: "Vous n’avez plus accès à ce tableau.",
    taken: "La page se recharge. Vos changements en attente sont gardés.",
    outdated: "Le site a été mis à jour : rechargez la page pour continuer. Vos changements en attente sont gardés.",
    newer_edit: "Le site a été mis à jour : rechargez la page pour voir la suite. Vos changements en attente sont gardés.",
  },
  notYet: "Le site est en cours de mise à jour : certains de vos changements ne peuvent pas encore être enregistrés. Ils sont gardés ici et partiront dès que possible.",
  /** Label of the button that reloads the page after the connection ended. */
  afterEnd: { signed_out: "Se reconnecter", no_access: "Savoir pourquoi (nouvel onglet)", outdated: "Recharger la page", newer_edit: "Recharger la page", taken: "Recharger la page" },
  reload: "Recharger la page",
  retry: "Réessayer",
  here: (count: number) => plural(count, "personne présente", "personnes présentes"),
  you: "vous",
  writesHere: (names: readonly string[]) =>
    names.length === 1 ? `${names[0]} écrit ici` : `${names.slice(0, -1).join(", ")} et ${names.at(-1)} écrivent ici`,
  someone: "Quelqu’un",
  theyWrote: (name: string, value: string) =>
    value === "" ? `${name} vient de vider ce champ.` : `${name} vient d’écrire ${quoted(value)} ici.`,
  overwritten: (name: string, field: string, theirs: string, mine: string) =>
    theirs === ""
      ? `${name} a vidé ${quoted(field)} juste après votre ${quoted(mine)}.`
      : `${name} a remplacé votre ${quoted(mine)} par ${quoted(theirs)} (${field}).`,
  restoreMine: "Remettre le mien",
  /** `cards` names some of the cards; `more` counts the others. */
  rejectedMany: (count: number, reason: string, cards: readonly string[], more: number) => {
    const named = more === 0 ? cards : [...cards, plural(more, "autre fiche", "autres fiches")];
    return `${count} modifications n’ont pas été acceptées${named.length === 0 ? "" : ` (${named.join(", ")})`} : ${reason}.`;
  },
  /** `about` names what it changed: a card and its field. */
  rejected: (reason: string, about: readonly string[]) =>
    `Une modification n’a pas été acceptée${about.length === 0 ? "" : ` (${about.join(", ")})`} : ${reason}.`,
  archivedDraft: (field: string) => `Le tableau a été archivé pendant votre saisie (${field}).`,
  unfitDraft: (field: string) => `Ce que vous aviez écrit n’a pas été enregistré (${field}) : cela n’y tient pas.`,
  lostDraft: (field: string) => `La fiche a été supprimée pendant votre saisie (${field}).`,
  copy: "Copier mon texte",
  copied: "Copié",
  dismiss: "J’ai compris",
  undoSkipped: "Ce changement ne peut plus être annulé : une autre personne y a touché depuis.",
  notANumber: "Écrivez un nombre, par exemple 12,5.",
  notAnInteger: "Écrivez un nombre entier.",
  outOfRange: (min: number, max: number) => `Écrivez un nombre entre ${min} et ${max}.`,
  tooLong: (max: number) => `${max} signes au plus.`,
  pastedTooLong: (field: string, max: number) =>
    `Le texte collé a été coupé (${field}) : ${max.toLocaleString("fr-FR")} signes au plus. Le voici en entier :`,
  starters: {
    indicators: "Partir d’indicateurs types",
    stakeholders: "Partir d’acteurs types",
    questions: "Partir de questions fréquentes",
    cards: "Partir de fiches d’exemple",
  } satisfies Record<BoardKind, string>,
  changesByOthers: (kind: BoardKind, added: number, removed: number, changed: number) => {
    const { one, many, fresh, freshMany, feminine } = NOUNS[kind];
    const parts: string[] = [];
    if (added > 0) parts.push(plural(added, fresh, freshMany));
    const e = feminine ? "e" : "";
    if (removed > 0) parts.push(plural(removed, `${one} supprimé${e}`, `${many} supprimé${e}s`));
    if (changed > 0) parts.push(plural(changed, `${one} modifié${e}`, `${many} modifié${e}s`));
    return parts.join(", ");
  },
};
