/** A command's output for a person, as it arrives. */
import { StringDecoder } from 'node:string_decoder';

/**
 * Shows the text of a stream as soon as it is there. What has been shown cannot be taken back: a
 * line that changes afterwards is shown once more, below, when it is whole.
 */
export class LiveLine {
  readonly #show: (text: string) => void;
  readonly #decoder = new StringDecoder('utf8');
  /** What has been shown of the last line. */
  #shown = '';

  /** @param show gets each piece of text */
  constructor(show: (text: string) => void) {
    this.#show = show;
  }

  /**
   * Shows what is new. Both have a character for each byte.
   * @param whole what comes next and can no longer change
   * @param line what follows it so far
   */
  next(whole: string, line: string): void {
    const text = whole + line;
    const goesOn = text.startsWith(this.#shown);
    if (!goesOn && whole === '') return;
    const piece = goesOn ? text.slice(this.#shown.length) : `\n${text}`;
    this.#shown = line;
    if (piece !== '') this.#show(this.#decoder.write(Buffer.from(piece, 'latin1')));
  }

  /** Nothing more will come: shows what is left of a character that was cut off. */
  end(): void {
    this.#show(this.#decoder.end());
  }
}
