// Templates for the cards of an empty board, from the programme's own material.
import type { BoardKind, Fields } from "../model/protocol.ts";

const indicator = (fields: Fields): Fields => ({ frequency: "yearly", ...fields });

const indicators: Fields[] = [
  indicator({
    name: "Part des marchés avec une considération environnementale",
    objective: "Réduire l’impact environnemental des achats",
    legal_category: "ecological",
    expression: "contracts",
    numerator: "Marchés notifiés avec au moins une considération environnementale",
    numerator_unit: "contracts",
    denominator: "Marchés notifiés",
    denominator_unit: "contracts",
    target: 100,
    target_year: 2025,
    priority: 1,
    definition: "Plan national pour des achats durables 2022-2025 : 100 % des marchés.",
  }),
  indicator({
    name: "Part des marchés avec une considération sociale",
    objective: "Faire des achats un levier d’inclusion",
    legal_category: "social",
    expression: "contracts",
    numerator: "Marchés notifiés avec au moins une considération sociale",
    numerator_unit: "contracts",
    denominator: "Marchés notifiés",
    denominator_unit: "contracts",
    target: 30,
    target_year: 2025,
    priority: 1,
    definition: "Plan national pour des achats durables 2022-2025 : 30 % des marchés.",
  }),
  indicator({
    name: "Montant des achats auprès d’entreprises ESUS",
    objective: "Soutenir l’économie sociale et solidaire",
    legal_category: "esus",
    expression: "value",
    numerator: "Achats auprès d’entreprises agréées ESUS",
    numerator_unit: "euros",
    denominator: "Total des achats",
    denominator_unit: "euros",
    definition: "Entreprises agréées au titre de l’article L. 3332‑17‑1 du code du travail.",
  }),
  indicator({
    name: "Montant des achats auprès de structures d’insertion ou de handicap",
    objective: "Faire des achats un levier d’inclusion",
    legal_category: "disadvantaged_employers",
    expression: "value",
    numerator: "Achats auprès de structures employant des personnes défavorisées ou vulnérables",
    numerator_unit: "euros",
    denominator: "Total des achats",
    denominator_unit: "euros",
  }),
  indicator({
    name: "Heures d’insertion réalisées",
    objective: "Faire des achats un levier d’inclusion",
    legal_category: "social",
    numerator: "Heures d’insertion réalisées dans les marchés",
    numerator_unit: "hours",
    source: "Facilitateur des clauses sociales",
  }),
  indicator({
    name: "Part des achats issus du réemploi, de la réutilisation ou intégrant des matières recyclées",
    objective: "Développer l’économie circulaire",
    legal_category: "circular",
    expression: "value",
    numerator: "Achats issus du réemploi, de la réutilisation ou du recyclage",
    numerator_unit: "euros",
    denominator: "Achats des familles concernées",
    denominator_unit: "euros",
  }),
];

const actor = (name: string, family: string, contribution: string): Fields => ({
  name,
  family,
  internal: "external",
  contribution,
});
const colleague = (name: string, family: string, contribution: string): Fields => ({
  name,
  family,
  internal: "internal",
  contribution,
});

const stakeholders: Fields[] = [
  actor("CRESS, CCI, CMA, CPME, MEDEF", "economic_networks", "Connaissance du tissu économique local"),
  actor("Fédérations professionnelles (FNTP, FFMAS…)", "federations", "Maturité et capacités de la filière"),
  actor("Facilitateur des clauses sociales", "facilitators", "Lien avec les structures d’insertion et du handicap"),
  actor("Guichet vert, facilitateur environnemental", "facilitators", "Conseil environnemental aux acheteurs"),
  actor("Agence de développement économique", "development_agencies", "Sourcing et rencontres d’entreprises"),
  actor("Réseau d’acheteurs régional", "buyer_networks", "Partage de pratiques et d’outils"),
  actor("ADEME, CERDD", "experts", "Expertise thématique et méthodes"),
  colleague("Élu à la commande publique", "elected", "Portage politique"),
  colleague("Direction générale", "general_management", "Arbitrage et moyens"),
  colleague("Direction des achats", "purchasing", "Mise en œuvre dans les marchés"),
  colleague("Direction des finances", "finance", "Données de suivi"),
];

const question = (text: string, theme: string): Fields => ({ question: text, theme, state: "asked" });

const questions: Fields[] = [
  question("Qui doit adopter un SPASER, et à partir de quel montant d’achats ?", "Cadre réglementaire"),
  question("Peut-on élaborer un SPASER à plusieurs acheteurs ?", "Cadre réglementaire"),
  question("Quels indicateurs publier tous les deux ans ?", "Indicateurs"),
  question("Comment suivre les achats auprès des ESUS ?", "Indicateurs"),
  question("Comment mobiliser les élus et la direction générale ?", "Gouvernance"),
  question("Quelle durée choisir pour son SPASER ?", "Méthode"),
  question("Comment associer les acteurs économiques du territoire ?", "Territoire"),
];

const card = (title: string, group: string, colour: string): Fields => ({ title, group, colour });

const cards: Fields[] = [
  card("Ce que je fais déjà", "Mon rôle d’acheteur", "green"),
  card("Ce qui me freine", "Mon rôle d’acheteur", "pink"),
  card("De qui ai-je besoin ?", "Alliés", "blue"),
  card("Mon premier pas", "Suite", "yellow"),
];

export const STARTERS: Record<BoardKind, readonly Fields[]> = { indicators, stakeholders, questions, cards };
