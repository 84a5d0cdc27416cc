// Made from the Rust sources by `cargo test generated`. Do not edit.

export const MAX_LINE = 300;
export const MAX_TEXT = 20000;
export const MAX_COMMENT = 2000;
export const MAX_NUMBER = 99999999999;
export const MAX_COORDINATE = 1000000;
export const MAX_CARDS = 5000;
export const MAX_LINKS = 20000;

/** What each kind of board holds. */
export const SCHEMAS = {
  indicators: {
    title: "name",
    fields: [
      { name: "objective", type: "line" },
      { name: "name", type: "line" },
      { name: "definition", type: "text" },
      { name: "numerator", type: "line" },
      { name: "numerator_unit", type: "choice", choices: ["contracts", "euros", "hours", "people", "percent"] },
      { name: "numerator_sample", type: "number" },
      { name: "denominator", type: "line" },
      { name: "denominator_unit", type: "choice", choices: ["contracts", "euros", "hours", "people", "percent"] },
      { name: "denominator_sample", type: "number" },
      { name: "expression", type: "choice", choices: ["contracts", "value"] },
      { name: "legal_category", type: "choice", choices: ["social", "ecological", "esus", "disadvantaged_employers", "circular", "other"] },
      { name: "baseline", type: "number" },
      { name: "baseline_year", type: "integer", min: 1990, max: 2100 },
      { name: "target", type: "number" },
      { name: "target_year", type: "integer", min: 1990, max: 2100 },
      { name: "frequency", type: "choice", choices: ["monthly", "quarterly", "yearly", "biennial"] },
      { name: "source", type: "line" },
      { name: "referent", type: "line" },
      { name: "priority", type: "integer", min: 1, max: 3 },
      { name: "purchasing_link", type: "line" },
      { name: "policies", type: "line" },
      { name: "notes", type: "text" },
    ],
    links: [],
    votes: false,
  },
  stakeholders: {
    title: "name",
    fields: [
      { name: "name", type: "line" },
      { name: "family", type: "choice", choices: ["economic_networks", "federations", "facilitators", "development_agencies", "buyer_networks", "experts", "elected", "general_management", "purchasing", "finance", "technical", "legal", "users"] },
      { name: "internal", type: "choice", choices: ["internal", "external"] },
      { name: "role", type: "text" },
      { name: "contribution", type: "line" },
      { name: "expectations", type: "line" },
      { name: "power", type: "integer", min: 0, max: 100 },
      { name: "interest", type: "integer", min: 0, max: 100 },
      { name: "attitude_now", type: "choice", choices: ["opposed", "reserved", "neutral", "favourable", "driving"] },
      { name: "attitude_wanted", type: "choice", choices: ["opposed", "reserved", "neutral", "favourable", "driving"] },
      { name: "referent", type: "line" },
      { name: "contact", type: "line", private: true },
      { name: "notes", type: "text" },
    ],
    links: ["decides", "prescribes", "informs", "funds", "supplies", "supports", "opposes", "co_builds"],
    votes: false,
  },
  questions: {
    title: "question",
    fields: [
      { name: "question", type: "line" },
      { name: "theme", type: "line" },
      { name: "answer", type: "text" },
      { name: "state", type: "choice", choices: ["asked", "answering", "answered", "parked"] },
    ],
    links: [],
    votes: true,
  },
  cards: {
    title: "title",
    fields: [
      { name: "title", type: "line" },
      { name: "text", type: "text" },
      { name: "colour", type: "choice", choices: ["yellow", "blue", "green", "pink", "grey"] },
      { name: "group", type: "line" },
    ],
    links: [],
    votes: false,
  },
} as const;
