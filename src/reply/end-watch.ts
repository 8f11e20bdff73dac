/**
 * Some models do not stop after a call: they imagine its result as the transcript would show it, up
 * to the token limit, and a reply that the limit ends is never run. A `stop` option would replace
 * the model's own stop sequences and cut off what it matches, so the reply is watched here.
 */

/** The end of a call in JSON or of an answer, then a line that begins as a transcript's entry does. */
const RUN_ON = /(?:(\}\s*<\/tool(?:_call)?>)|<\/final>)\s*\n\[(?:tool:\w|user\]|assistant\])/i;
/** More than a match can have before its last piece. */
const OVERLAP_CHARS = 80;
/** What opens a call in JSON or an answer: the content of a call in XML may hold any line at all. */
const FIRST_OPENING = /<(?:tool(?:_call)?\s*>\s*(\{)|(final)\s*>|tool|function|think|reason)/i;
const THOUGHT = /<(think|reason)[^]*?<\/\1\w*\s*>/gi;

/** Watches a reply while it is made. */
export class RunOnWatch {
  readonly #pieces: string[] = [];
  #recent = '';

  /** All pieces together. */
  get text(): string {
    return this.#pieces.join('');
  }

  /** Takes the next piece. True: the reply was whole and goes on with what it imagines. */
  push(piece: string): boolean {
    this.#pieces.push(piece);
    this.#recent = this.#recent.slice(-OVERLAP_CHARS) + piece;
    const end = RUN_ON.exec(this.#recent);
    if (!end) return false;
    const [, json, final] = FIRST_OPENING.exec(this.text.replace(THOUGHT, '')) ?? [];
    // An answer may show a call and its result: only its own tag ends it.
    return end[1] === undefined ? final !== undefined : json !== undefined;
  }
}
