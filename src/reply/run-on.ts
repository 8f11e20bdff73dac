/**
 * Some models do not stop after a call: they imagine its result as the transcript would show it, up
 * to the token limit, and a reply that the limit ends is never run. A `stop` option would replace
 * the model's own stop sequences and cut off what it matches, so the reply is watched here.
 */

/** The end of a call or an answer, then a line that begins as an entry of the transcript does. */
const RUN_ON = /(?:\}\s*<\/tool(?:_call)?>|<\/final>)\s*\n\[(?:tool:\w|user\]|assistant\])/i;
/** More than a match can have before its last piece. */
const OVERLAP_CHARS = 80;
/** What opens a call in JSON or an answer: the content of a call in XML may hold any line at all. */
const FIRST_OPENING = /<(?:tool(?:_call)?\s*>\s*(\{)|(final)\s*>|tool|function)/i;

/** Watches a reply while it is made. */
export class RunOnWatch {
  #text = '';

  /** Takes the next piece. True: the reply was whole and goes on with what it imagines. */
  push(piece: string): boolean {
    this.#text += piece;
    if (!RUN_ON.test(this.#text.slice(-piece.length - OVERLAP_CHARS))) return false;
    const [, json, final] = FIRST_OPENING.exec(this.#text) ?? [];
    return json !== undefined || final !== undefined;
  }
}
