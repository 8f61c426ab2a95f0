/** The value below which a share of the samples lies (nearest rank). @param share 0 to 1 */
export function quantile(samples: readonly number[], share: number): number {
  if (samples.length === 0) throw new Error("There is nothing to take a quantile of.");
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}

export const median = (samples: readonly number[]): number => quantile(samples, 0.5);

/** Milliseconds that a piece of work takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
