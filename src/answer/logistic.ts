/** A logistic model over named figures; one that has no weight does not count. */
export interface LogisticModel<Name extends string> {
  bias: number;
  weights: Partial<Record<Name, number>>;
}

/** The logarithm of the odds. */
export function logitOf<Name extends string>(
  model: LogisticModel<Name>,
  figures: Readonly<Record<Name, number>>,
): number {
  let logit = model.bias;
  for (const name in model.weights) logit += model.weights[name]! * figures[name];
  return logit;
}

/** The probability with that logit, 0 to 1. */
export function probabilityOf(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}
