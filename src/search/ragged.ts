/** Lists of numbers, one after the other: list i is `values.subarray(starts[i], starts[i + 1])`. */
export class Ragged {
  constructor(
    readonly starts: Uint32Array,
    readonly values: Uint32Array,
  ) {}

  static of(lists: readonly ArrayLike<number>[]): Ragged {
    const starts = new Uint32Array(lists.length + 1);
    for (const [i, list] of lists.entries()) starts[i + 1] = starts[i]! + list.length;
    const values = new Uint32Array(starts.at(-1)!);
    for (const [i, list] of lists.entries()) values.set(list, starts[i]);
    return new Ragged(starts, values);
  }

  /** How many lists there are. */
  get count(): number {
    return this.starts.length - 1;
  }

  at(i: number): Uint32Array {
    return this.values.subarray(this.starts[i], this.starts[i + 1]);
  }

  /** Whether every list lies within the values, and every value is below a bound. */
  isWithin(bound: number): boolean {
    return this.starts.at(-1) === this.values.length && this.values.every((value) => value < bound);
  }
}
