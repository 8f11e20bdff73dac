/** Finds out, in constant time for each character, whether a text ends in a phrase that repeats. */

/** The longest phrase that is noticed, as a mask: any older text is forgotten. */
const MASK = 4_095;
/** This many characters that come again are the start of a repeated phrase. */
const GRAM = 40;
const SLOTS = 8_191;
const BASE = 0x01_00_01_93;
/** The weight of the character that leaves the gram. */
const LEAVING = Array.from({ length: GRAM }).reduce<number>((power) => Math.imul(power, BASE), 1);

/** Watches the end of a text for a phrase that repeats. */
export class Repeats {
  readonly #codes = new Uint16Array(MASK + 1);
  /** Where each of them ends in the text that it was taken from. */
  readonly #ends = new Float64Array(MASK + 1);
  /** By hash, the number of characters up to the end of the last gram that has it. */
  readonly #seen = new Float64Array(SLOTS + 1);
  #count = 0;
  #hash = 0;
  #hasLetter: boolean | undefined;

  /** The length of the phrase that repeats, or zero. */
  period = 0;
  /** The length of all its repeats together. */
  run = 0;
  /** Where the phrase ends for the first time, in the text that it was taken from. */
  keep = 0;

  /** Adds a character, which ends at `end` in the text that it was taken from. */
  push(code: number, end: number): void {
    const at = this.#count++;
    const leaving = at < GRAM ? 0 : (this.#codes[(at - GRAM) & MASK] ?? 0);
    this.#codes[at & MASK] = code;
    this.#ends[at & MASK] = end;
    this.#hash = (Math.imul(this.#hash, BASE) + code - Math.imul(leaving, LEAVING)) | 0;
    const slot = (this.#hash ^ (this.#hash >>> 15)) & SLOTS;
    if (this.period > 0 && this.#codes[(at - this.period) & MASK] === code) this.run++;
    else this.#begin(at, this.#seen[slot] ?? 0);
    this.#seen[slot] = at + 1;
  }

  /** Whether the phrase has a letter. */
  get hasLetter(): boolean {
    if (this.#hasLetter !== undefined) return this.#hasLetter;
    const codes = Array.from(
      { length: this.period },
      (_, index) => this.#codes[(this.#count - 1 - index) & MASK] ?? 0,
    );
    return (this.#hasLetter = codes.some((code) => /\p{L}/u.test(String.fromCharCode(code))));
  }

  /** Looks whether the last gram was there before. */
  #begin(at: number, seen: number): void {
    const period = at + 1 - seen;
    this.period = this.run = 0;
    if (seen === 0 || period + GRAM > MASK) return;
    for (let index = at; index > at - GRAM; index--) {
      if (this.#codes[index & MASK] !== this.#codes[(index - period) & MASK]) return;
    }
    this.period = period;
    this.run = period + GRAM;
    this.keep = this.#ends[(at - GRAM) & MASK] ?? 0;
    this.#hasLetter = undefined;
  }
}
