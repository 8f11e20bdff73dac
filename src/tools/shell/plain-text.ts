/** Removes from a command's output what is meant for a terminal. */

/**
 * Bytes of a line that can still be overwritten. Anything earlier in it is final, so that a line
 * without end needs little memory.
 */
const LINE_BYTES = 1024;

const [BELL, ESCAPE] = ['\x07', '\x1b'];
const CONTROLS = [BELL, '\b', '\r', ESCAPE];

/**
 * Text with its line ends; then what begins with an escape: a control sequence, such as a colour, and
 * its last letter; a string, such as a title or the target of a link; one of two or three characters.
 * Last, any single character: a carriage return, a backspace, a bell or a stray escape.
 */
const TOKENS =
  // eslint-disable-next-line no-control-regex
  /[^\x07\b\r\x1b]+|\x1b\[([0-?]{0,64})[ -/]{0,8}([@-~])|\x1b[\]PX^_][^\x00-\x1f]{0,4096}(?:\x07|\x1b\\)|\x1b[ -/]{0,8}[0-~]|[^]/g;

/** What begins with an escape and may go on in the next chunk. */
const UNFINISHED =
  // eslint-disable-next-line no-control-regex
  /\x1b(?:\[[0-?]{0,64}[ -/]{0,8}|[\]PX^_][^\x00-\x1f]{0,4096}\x1b?|[ -/]{0,8})$/;

/**
 * The text of a stream of bytes, as a terminal would leave it, with a simpler rule for a carriage
 * return: what follows it replaces the whole line. A backspace takes a character away. Movements to
 * another line are ignored. Strings have a character for each byte here ("latin1"): it depends on no
 * encoding, and no chunk splits a character.
 */
export class PlainText {
  #held = '';
  #line = '';
  /** After a carriage return: a newline would make it a line end, text replaces the line. */
  #atStart = false;

  /** The last line so far, which may still change. */
  get line(): string {
    return this.#line;
  }

  /** Adds what comes next. Returns the text that nothing can change any more: whole lines, mostly. */
  push(chunk: Buffer): string {
    const text = this.#held + chunk.toString('latin1');
    if (text === '') return '';
    // Most output has none of them, and some is very long.
    if (!CONTROLS.some((one) => text.includes(one))) return this.#add(text);
    const end = text.search(UNFINISHED);
    this.#held = end === -1 ? '' : text.slice(end);
    return this.#take(end === -1 ? text : text.slice(0, end));
  }

  /** Nothing more will come. Returns the rest of the text. */
  end(): string {
    const rest = this.#take(this.#held) + this.#line;
    this.#held = this.#line = '';
    return rest;
  }

  #take(text: string): string {
    let whole = '';
    for (const [token, parameter, letter] of text.matchAll(TOKENS)) {
      if (letter !== undefined) this.#control(parameter, letter);
      else if (token === '\r') this.#atStart = true;
      else if (token === '\b') this.#line = withoutLast(this.#line);
      else if (!token.startsWith(ESCAPE) && token !== BELL) whole += this.#add(token);
    }
    return whole;
  }

  #add(text: string): string {
    if (this.#atStart && !text.startsWith('\n')) this.#line = '';
    this.#atStart = false;
    const all = this.#line + text;
    const newline = text.lastIndexOf('\n'); // there is none in the line
    const start = newline === -1 ? 0 : this.#line.length + newline + 1;
    const end = Math.max(start, all.length - LINE_BYTES);
    this.#line = all.slice(end);
    return all.slice(0, end);
  }

  /** A control sequence that moves to the start of the line, or erases the line. */
  #control(parameter = '', letter: string): void {
    if (letter === 'G' && /^[01]?$/.test(parameter)) this.#atStart = true;
    const erases = parameter === '2' || (this.#atStart && /^0?$/.test(parameter));
    if (letter === 'K' && erases) this.#line = '';
  }
}

/** Without its last character, which in UTF-8 has bytes that continue it. */
function withoutLast(line: string): string {
  let end = line.length - 1;
  while (end > 0 && (line.charCodeAt(end) & 0xc0) === 0x80) end--;
  return line.slice(0, Math.max(end, 0));
}
