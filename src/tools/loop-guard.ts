/** Notices when a model repeats itself: the same call, or the same cycle of calls. */

/** Calls in the longest cycle that is noticed. */
const LONGEST_CYCLE = 4;
/** The call that would complete this many rounds is refused. */
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
   * Returns the length of the cycle whose third round this call would complete, and counts the call
   * as made; undefined if there is none. In a cycle of more than one call the results must repeat
   * too: a model that sees new results is not stuck.
   */
  refusedCycle(call: string): number | undefined {
    for (let length = 1; length <= LONGEST_CYCLE; length++) {
      const expected = this.#past.at(-length);
      const rounds = this.#past.slice(1 - ROUNDS * length);
      if (expected?.call !== call || rounds.length < ROUNDS * length - 1) continue;
      const isCycle = rounds
        .slice(length)
        .every((later, index) => isAlike(later, rounds[index], length > 1));
      if (!isCycle) continue;
      this.#past.push(expected); // or the next call would start the count again
      return length;
    }
    return undefined;
  }
}

function isAlike(one: PastCall, other: PastCall | undefined, resultsToo: boolean): boolean {
  return one.call === other?.call && (!resultsToo || one.result === other.result);
}
