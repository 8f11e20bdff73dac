/** Notices when a model goes round in circles. */

/** A cycle may be this many calls long, and is refused before it has come round so many times. */
const LONGEST_CYCLE = 4;
const ROUNDS = 3;

interface PastCall {
  call: string;
  result: string;
}

/** The calls of one request and their results. */
export class LoopGuard {
  readonly #past: PastCall[] = [];

  /** Call it with the result of a call. */
  add(call: string, result: string): void {
    this.#past.push({ call, result });
  }

  /**
   * The length of the cycle whose third round this call would end, if it would. Of a longer one
   * the results must have been the same too: what changes is no circle. A call that is refused
   * counts as if it had been made, so that the count does not start again with the next one.
   */
  refusesAsCycle(call: string): number | undefined {
    for (let length = 1; length <= LONGEST_CYCLE; length++) {
      const expected = this.#past.at(-length);
      const rounds = this.#past.slice(1 - ROUNDS * length);
      if (expected?.call !== call || rounds.length < ROUNDS * length - 1) continue;
      const isCycle = rounds
        .slice(length)
        .every((later, index) => isAlike(later, rounds[index], length > 1));
      if (!isCycle) continue;
      this.#past.push(expected);
      return length;
    }
    return undefined;
  }
}

function isAlike(one: PastCall, other: PastCall | undefined, resultsToo: boolean): boolean {
  return one.call === other?.call && (!resultsToo || one.result === other.result);
}
