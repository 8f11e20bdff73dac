/** Reads keys, text and pastes from the bytes of a terminal, wherever the bytes are split. */
import { StringDecoder } from 'node:string_decoder';

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
  #escapeTimer: NodeJS.Timeout | undefined;

  constructor(onKeys: (keys: readonly Key[]) => void) {
    this.#onKeys = onKeys;
  }

  /** Takes the next bytes. */
  write(bytes: Buffer): void {
    this.stop();
    this.#rest += this.#decoder.write(bytes);
    while (this.#rest !== '' && (this.#paste === undefined ? this.#readKey() : this.#readPaste()));
    if ([ESCAPE, ESCAPE + ESCAPE].includes(this.#rest)) this.#awaitSequence();
    this.#handOn();
  }

  /** Stops waiting for the rest of a sequence. */
  stop(): void {
    clearTimeout(this.#escapeTimer);
    this.#escapeTimer = undefined;
  }

  /** Reads one key; false where it is incomplete. */
  #readKey(): boolean {
    const sequence = SEQUENCE.exec(this.#rest)?.[0];
    if (sequence !== undefined) {
      this.#take(sequence.length);
      if (sequence.endsWith(PASTE_BEGINS)) this.#paste = '';
      else this.#press(nameOf(sequence));
      return true;
    }
    if (BEGINNING.test(this.#rest)) return false;
    const text = TEXT.exec(this.#rest)?.[0];
    if (text !== undefined) this.#keys.push({ type: 'text', text: this.#take(text.length) });
    else if (this.#rest.startsWith(ESCAPE)) this.#readAlt();
    else this.#press(controlName(this.#take(1)));
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
    this.#keys.push({ type: 'paste', text });
    return true;
  }

  /** If nothing follows, it was Esc. Bytes that arrived while the program was busy are read first. */
  #awaitSequence(): void {
    this.#escapeTimer = setTimeout(() => {
      const timer = this.#escapeTimer;
      setImmediate(() => {
        if (timer !== this.#escapeTimer) return;
        this.#rest = '';
        this.#press('escape');
        this.#handOn();
      });
    }, ESCAPE_MS);
  }

  #take(length: number): string {
    const taken = this.#rest.slice(0, length);
    this.#rest = this.#rest.slice(length);
    return taken;
  }

  #press(name: string): void {
    this.#keys.push({ type: 'press', name });
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

const CONTROLS: Readonly<Record<string, string>> = {
  '\r': 'enter',
  '\t': 'tab',
  '\u007f': 'backspace',
  '\b': 'backspace',
};

function controlName(character: string): string {
  const letter = String.fromCharCode(character.charCodeAt(0) + 64).toLowerCase();
  return CONTROLS[character] ?? `ctrl-${letter}`;
}

/** By the last letter, or the number before a `~`; xterm, rxvt and the consoles differ. */
const SEQUENCE_NAMES: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  H: 'home',
  F: 'end',
  '1~': 'home',
  '7~': 'home',
  '4~': 'end',
  '8~': 'end',
  '3~': 'delete',
  OA: 'up',
  OB: 'down',
  OC: 'right',
  OD: 'left',
  OH: 'home',
  OF: 'end',
  Oc: 'ctrl-right',
  Od: 'ctrl-left',
};

function nameOf(sequence: string): string {
  const [, alt, kind = '', number = '', modifiers = '1', end = ''] =
    // eslint-disable-next-line no-control-regex
    /^\u001b(\u001b?)([[O])(\d*)(?:;(\d+))?(\D)$/.exec(sequence) ?? [];
  const name = SEQUENCE_NAMES[end === '~' ? `${number}~` : `${kind === 'O' ? 'O' : ''}${end}`];
  if (name === undefined) return '';
  const bits = Number(modifiers) - 1; // 1 is Shift, 2 Alt, 4 Ctrl
  if (bits & 4) return `ctrl-${name}`;
  return alt || bits & 2 ? `alt-${name}` : name;
}
