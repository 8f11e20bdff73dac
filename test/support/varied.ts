/** Text that repeats nothing, as a reply must not: a model that counts is in a loop, too. */

/** A word, another one for each number. */
export const variedWord = (at: number): string => (at * 7_919 + at ** 3).toString(36);

/** So many words, from the nth on, with a space before each. */
export const variedWords = (count: number, from = 0): string =>
  Array.from({ length: count }, (_, at) => ` ${variedWord(from + at)}`).join('');
