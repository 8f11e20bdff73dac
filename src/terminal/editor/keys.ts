/** Reads keys, text and pastes from the bytes of a terminal, wherever the bytes are split. */
import { StringDecoder } from 'node:string_decoder';
import { controlName, keyOf } from './key-names.ts';

/**
 * One thing a person did: typed text, pasted text, or pressed a key such as `enter`, `ctrl-a`,
 * `alt-left`. An unknown key has an empty name.
 */
export type Key =
  | { type: 'text'; text: string }
  | { type: 'paste'; text: string }
  | { type: 'press'; name: string };

/** How long the rest of a sequence may take after its escape, in milliseconds; later, it was Esc. */
const ESCAPE_MS = 100;
/** How long the rest of a message may take, in milliseconds; later, it is no part of it. */
const MESSAGE_MS = 1_000;

const ESCAPE = '\u001b';
/** Bracketed paste: what a terminal sends before and after pasted text. */
const [PASTE_BEGINS, PASTE_ENDS] = ['\u001b[200~', '\u001b[201~'];
/** The sequence of one key. Some terminals send Alt as a second escape in front. */
const SEQUENCE =
  // eslint-disable-next-line no-control-regex
  /^\u001b\u001b?(?:\[\[[A-E]|\[(?!\[)[0-?]*[ -/]*[@-~]|O\d*[A-Za-z])/;
/** A sequence that the next bytes may complete. */
// eslint-disable-next-line no-control-regex
const BEGINNING = /^\u001b\u001b?(?:\[\[|\[[0-?]*[ -/]*|O\d*)?$/;
/**
 * The beginning of a message (OSC, DCS, APC, PM): what a terminal answers when it was asked, perhaps by
 * a program that has ended since. Nobody types one: after Alt with such a key comes no such letter.
 */
// eslint-disable-next-line no-control-regex
const MESSAGE = /^\u001b(?:\][\dlL]|P[\d!$+=>{|]|_[A-Za-z]|\^[\w ])/;
/** What a message may hold, and its end: BEL or ST. */
// eslint-disable-next-line no-control-regex
const MESSAGE_TEXT = /^\u001b[^\u0000-\u001f]*/;
const MESSAGE_ENDS = ['\u0007', '\u001b\\'];
/** The first two characters of one, or Alt with a key. */
// eslint-disable-next-line no-control-regex
const PERHAPS_MESSAGE = /^\u001b[\]P_^]$/;
// eslint-disable-next-line no-control-regex
const TEXT = /^[^\u0000-\u001f\u007f]+/;

/** Reads keys from what a terminal sends; those that arrive together are passed on together. */
export class KeyReader {
  readonly #onKeys: (keys: readonly Key[]) => void;
  #keys: Key[] = [];
  readonly #decoder = new StringDecoder('utf8');
  /** What is not read yet: perhaps the start of a sequence. */
  #rest = '';
  /** The text of a paste that is still arriving. */
  #paste: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(onKeys: (keys: readonly Key[]) => void) {
    this.#onKeys = onKeys;
  }

  /** Takes the next bytes. */
  write(bytes: Buffer): void {
    this.stop();
    this.#rest += this.#decoder.write(bytes);
    while (this.#rest !== '' && (this.#paste === undefined ? this.#readKey() : this.#readPaste()));
    if ([ESCAPE, ESCAPE + ESCAPE].includes(this.#rest)) {
      this.#await(ESCAPE_MS, () => this.#press('escape'));
    } else if (PERHAPS_MESSAGE.test(this.#rest)) this.#await(ESCAPE_MS, () => this.#readAlt());
    else if (MESSAGE.test(this.#rest)) this.#await(MESSAGE_MS, () => undefined);
    this.#handOn();
  }

  /** Stops waiting for the rest of a sequence. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Reads one key; false where it is incomplete. */
  #readKey(): boolean {
    if (MESSAGE.test(this.#rest)) return this.#skipMessage();
    const sequence = SEQUENCE.exec(this.#rest)?.[0];
    if (sequence !== undefined) {
      this.#take(sequence.length);
      if (sequence.endsWith(PASTE_BEGINS)) this.#paste = '';
      else this.#push(keyOf(sequence));
      return true;
    }
    if (BEGINNING.test(this.#rest) || PERHAPS_MESSAGE.test(this.#rest)) return false;
    const text = TEXT.exec(this.#rest)?.[0];
    if (text !== undefined) this.#push({ type: 'text', text: this.#take(text.length) });
    else if (this.#rest.startsWith(ESCAPE)) this.#readAlt();
    else this.#press(controlName(this.#take(1)));
    return true;
  }

  /** A message ends where it says so, or before a key that none may hold. */
  #skipMessage(): boolean {
    const { length } = MESSAGE_TEXT.exec(this.#rest)?.[0] ?? '';
    const after = this.#rest.slice(length);
    if (after === '' || after === ESCAPE) return false;
    const end = MESSAGE_ENDS.find((each) => after.startsWith(each)) ?? '';
    this.#take(length + end.length);
    return true;
  }

  /** An escape without a sequence: Alt with a key, Esc alone, or bytes that mean nothing. */
  #readAlt(): void {
    this.#take(1);
    const broken = /^(?:\[[0-?]*[ -/]*|O\d+)/.exec(this.#rest)?.[0];
    const next = String.fromCodePoint(this.#rest.codePointAt(0) ?? 0);
    if (broken !== undefined) this.#take(broken.length);
    else if (TEXT.test(next)) this.#press(`alt-${this.#take(next.length).toLowerCase()}`);
    else if (/[\r\n\b\u007f]/.test(next)) this.#press(`alt-${controlName(this.#take(1))}`);
    else this.#press('escape'); // Ctrl-C just after Esc is Ctrl-C
  }

  #readPaste(): boolean {
    const end = this.#rest.indexOf(PASTE_ENDS);
    if (end === -1) {
      const begun = [5, 4, 3, 2, 1].find((length) =>
        this.#rest.endsWith(PASTE_ENDS.slice(0, length)),
      );
      this.#paste += this.#take(this.#rest.length - (begun ?? 0));
      return false;
    }
    const text = `${this.#paste}${this.#take(end)}`;
    this.#take(PASTE_ENDS.length);
    this.#paste = undefined;
    this.#push({ type: 'paste', text });
    return true;
  }

  /** If nothing follows, what there is means `late`. What arrived while the program was busy comes first. */
  #await(ms: number, late: () => void): void {
    this.#timer = setTimeout(() => {
      const timer = this.#timer;
      setImmediate(() => {
        if (timer !== this.#timer) return;
        late();
        this.#rest = '';
        this.#handOn();
      });
    }, ms);
  }

  #take(length: number): string {
    const taken = this.#rest.slice(0, length);
    this.#rest = this.#rest.slice(length);
    return taken;
  }

  #press(name: string): void {
    this.#push({ type: 'press', name });
  }

  #push(key: Key | undefined): void {
    if (key) this.#keys.push(key);
  }

  #handOn(): void {
    const keys = this.#keys;
    this.#keys = [];
    if (keys.length > 0) this.#onKeys(keys);
  }
}

/** Reads a newline as Enter: outside of raw mode, a terminal sends one for it. */
export function asEnter(key: Key): Key {
  return key.type === 'press' && key.name === 'ctrl-j' ? { ...key, name: 'enter' } : key;
}
