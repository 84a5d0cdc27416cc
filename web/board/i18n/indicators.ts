// The French texts about the formulas of indicators and their coverage of the law.
export const words = {
  formula: {
    gives: "Avec ces chiffres :",
    hint: "Donnez un chiffre et son unité : la valeur se calcule ici.",
    average: (value: string, per: string) => `${value} en moyenne (${per})`,
    differentUnits: (numerator: string, denominator: string) =>
      `Une part se calcule entre deux quantités de même unité : ici, des ${numerator} sont divisés par des ${denominator}.`,
    notWhatIsCounted: (expression: string, numerator: string) =>
      `L’indicateur est exprimé en « ${expression} », mais son numérateur compte des ${numerator}.`,
    lacking: {
      numerator_sample: "Il manque le chiffre du numérateur.",
      numerator_unit: "Il manque l’unité du numérateur.",
      denominator_sample: "Il manque le chiffre du dénominateur.",
      denominator_unit: "Il manque l’unité du dénominateur.",
    },
    zero: "Le dénominateur vaut 0 : rien ne se divise par zéro.",
    percentOfPercent: "Un pourcentage ne se divise pas : indiquez les deux quantités, la part se calcule.",
  },
  summary: {
    coverage: "Couverture de la loi",
    law: "Article L. 2111‑3 : des indicateurs précis, publiés tous les deux ans, avec un objectif cible pour chaque catégorie d’achats.",
    gauge: (met: number, of: number) => `${met} points sur ${of}`,
    category: "Catégorie",
    needs: { indicator: "Indicateur", baseline: "Départ", target: "Cible", target_year: "Échéance" },
    met: "Oui",
    create: "Créer",
    complete: "Compléter",
    gap: (category: string, need: string) => ` : ${category}, ${need}`,
    wrong: "Formules à revoir",
    aims: "Du départ à la cible",
    noAims: "Aucun indicateur n’a encore de valeur de départ ou de cible.",
    in: (year: number) => `en ${year}`,
    lacking: "à renseigner",
  },
};
