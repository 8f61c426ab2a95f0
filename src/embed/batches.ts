export interface BatchLimits {
  /** The most a batch may hold, padding included, in the unit of the lengths. */
  size: number;
  /** Share of a batch that may be padding, 0 to 1. */
  padding: number;
}

/**
 * Groups texts of like length: every text of a batch is padded to its longest, and padding costs as much as words.
 *
 * @param lengths of the texts: tokens, or characters where nobody has read them yet
 * @returns batches of places in `lengths`, shortest texts first; each place once. A text longer than the limit is alone.
 */
export function planBatches(lengths: readonly number[], limits: BatchLimits): number[][] {
  const order = lengths.map((_, at) => at).sort((a, b) => lengths[a]! - lengths[b]!);
  const batches: number[][] = [];
  let batch: number[] = [];
  let filled = 0;
  for (const at of order) {
    const padded = lengths[at]! * (batch.length + 1);
    const padding = padded - filled - lengths[at]!;
    if (batch.length > 0 && (padded > limits.size || padding > padded * limits.padding)) {
      batches.push(batch);
      batch = [];
      filled = 0;
    }
    batch.push(at);
    filled += lengths[at]!;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
