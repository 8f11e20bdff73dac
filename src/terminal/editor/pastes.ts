/**
 * Long pastes: in the text that is edited each is one character, so that the cursor passes it and a key
 * deletes it at once. It is half a surrogate pair, which no terminal can send.
 */
import { counted } from '../../util/counted.ts';

/** A paste of more lines is folded. */
const MOST_LINES = 10;
/** The first of the characters, and how many there are. */
const [FIRST, COUNT] = [0xdc00, 0x400];
/** One of them; with the first half before it, it would be a character of its own. */
const FOLDED = /[\udc00-\udfff]/gu;

/** What was pasted since the program began, by the character that stands for it. */
export class Pastes {
  readonly #texts: string[] = [];
  /** Those before it were opened: they are not folded again. */
  #firstFolded = 0;

  /** The character for a paste; the paste itself where it is short, or there are too many. */
  fold(text: string): string {
    if (linesOf(text) <= MOST_LINES || this.#texts.length === COUNT) return text;
    return characterAt(this.#texts.push(text) - 1);
  }

  /** Folds what was pasted before, in a text from elsewhere, such as the history or an editor. */
  foldKnown(text: string): string {
    return this.#texts.reduce(
      (folded, paste, index) =>
        index < this.#firstFolded ? folded : folded.replaceAll(paste, characterAt(index)),
      text.replace(FOLDED, '\ufffd'),
    );
  }

  /** The text with all that was pasted. */
  unfold(text: string): string {
    return this.#replace(text, (paste) => paste);
  }

  /** The text with `[200 lines pasted]` for each paste. */
  label(text: string): string {
    return this.#replace(text, (paste) => `[${counted(linesOf(paste), 'line')} pasted]`);
  }

  /** What was pasted so far stays open from now on. */
  open(): void {
    this.#firstFolded = this.#texts.length;
  }

  #replace(text: string, by: (paste: string) => string): string {
    return text.replace(FOLDED, (character) =>
      by(this.#texts[character.charCodeAt(0) - FIRST] ?? ''),
    );
  }
}

function characterAt(index: number): string {
  return String.fromCharCode(FIRST + index);
}

/** A newline at the end begins no line. */
function linesOf(text: string): number {
  return text.replace(/\n$/, '').split('\n').length;
}
