// French sentences about problems in an indicator's formula.
import { choiceLabel } from "../i18n/fr.ts";
import { words } from "../i18n/indicators.ts";
import type { Problem } from "../model/indicators.ts";

/** The field where the problem can be fixed. */
export const fieldToFix = (problem: Problem): string =>
  problem.type === "lacking" ? problem.field : problem.type === "zero" ? "denominator_sample" : "numerator_unit";

export const unitName = (unit: string): string => choiceLabel("numerator_unit", unit);

export function problemText(problem: Problem): string {
  switch (problem.type) {
    case "different_units":
      return words.formula.differentUnits(unitName(problem.numerator), unitName(problem.denominator));
    case "not_what_is_counted":
      return words.formula.notWhatIsCounted(choiceLabel("expression", problem.expression), unitName(problem.numerator));
    case "percent_of_percent":
      return words.formula.percentOfPercent;
    case "lacking":
      return words.formula.lacking[problem.field];
    case "zero":
      return words.formula.zero;
  }
}
