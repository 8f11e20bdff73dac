/** An answer in JSON, `{"final": "text"}`, as it arrives: a model that is held to a schema writes it. */
import { beginningOf } from './answer-marks.ts';

const OPENING = /^\{\s*"final"\s*:\s*"/;
/** What may be the beginning of one; a model writes little whitespace there. */
const BEGUN = new RegExp(
  `^(?:\\{\\s{0,20}(?:${beginningOf('"final"')})?|\\{\\s{0,20}"final"\\s{0,20}:?\\s{0,20})?$`,
);
/** A character of a string, or an escape; what may be the beginning of one is left. */
const CHARACTERS = /(?:[^"\\]|\\(?:u[\da-fA-F]{4}|[^u]))+/y;

/** How long the opening is that a text starts with: 0 without one, undefined while that is not known. */
export function openingLength(text: string): number | undefined {
  const length = OPENING.exec(text)?.[0].length ?? 0;
  return length === 0 && BEGUN.test(text) ? undefined : length;
}

/** Decodes the text after the opening, piece by piece. */
export class JsonText {
  #rest = '';
  /** The first half of a character that is written as two escapes. */
  #half = '';
  #isOver = false;

  /** Takes the next piece. Returns the text of it, up to the end of the string. */
  push(piece: string): string {
    if (this.#isOver) return '';
    this.#rest += piece;
    CHARACTERS.lastIndex = 0;
    const whole = CHARACTERS.exec(this.#rest)?.[0] ?? '';
    this.#rest = this.#rest.slice(whole.length);
    this.#isOver = this.#rest.startsWith('"');
    const characters = decoded(whole);
    if (characters === undefined) this.#isOver = true;
    const text = this.#half + (characters ?? '');
    this.#half = /[\ud800-\udbff]$/.exec(text)?.[0] ?? '';
    return this.#half === '' ? text : text.slice(0, -1);
  }
}

/** Undefined where there is an escape that JSON does not have. */
function decoded(characters: string): string | undefined {
  try {
    return JSON.parse(`"${characters.replace(/[\n\r\t]/g, escapeOf)}"`) as string;
  } catch {
    return undefined;
  }
}

/** Small models write line ends as they are. */
function escapeOf(character: string): string {
  return JSON.stringify(character).slice(1, -1);
}
