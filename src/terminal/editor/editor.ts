/** Line editing: what each key does to the text, to what helps to write it, and to the screen. */
import type { Aids, ExternalEditor } from './aids.ts';
import { TextBuffer } from './buffer.ts';
import { commonStart, complete, inColumns } from './complete.ts';
import type { Key } from './keys.ts';
import {
  blankBefore,
  characterAfter,
  characterBefore,
  lineAbove,
  lineBelow,
  lineEnd,
  lineEndOrNext,
  lineStart,
  wordAfter,
  wordBefore,
} from './places.ts';
import { Recall } from './recall.ts';
import { HistorySearch } from './search.ts';
import type { Canvas, View } from './view.ts';

/** What keys mean that do not edit. */
export interface EditorEvents {
  /** Enter. */
  onLine: (text: string) => void;
  /** Ctrl-C. */
  onInterrupt: () => void;
  /** Esc, where it ends no search. */
  onEscape: () => void;
  /** Ctrl-D, where there is no text. */
  onEnd: () => void;
  /** Ctrl-Z. */
  onSuspend: () => void;
  /** Ctrl-G. */
  onEditElsewhere: (editor: ExternalEditor | undefined) => void;
}

type Edit = (buffer: TextBuffer) => void;

const EDITS: ReadonlyMap<string, Edit> = new Map<string, Edit>([
  ...moves(characterBefore, 'left', 'ctrl-b'),
  ...moves(characterAfter, 'right', 'ctrl-f'),
  ...moves(wordBefore, 'alt-b', 'ctrl-left', 'alt-left'),
  ...moves(wordAfter, 'alt-f', 'ctrl-right', 'alt-right'),
  ...moves(lineStart, 'home', 'ctrl-a'),
  ...moves(lineEnd, 'end', 'ctrl-e'),
  ['backspace', (buffer) => buffer.erase(characterBefore)],
  ['delete', (buffer) => buffer.erase(characterAfter)],
  ['ctrl-d', (buffer) => buffer.erase(characterAfter)],
  ['ctrl-w', (buffer) => buffer.kill(blankBefore)],
  ['alt-backspace', (buffer) => buffer.kill(wordBefore)],
  ['alt-d', (buffer) => buffer.kill(wordAfter)],
  ['ctrl-u', (buffer) => buffer.kill(lineStart)],
  ['ctrl-k', (buffer) => buffer.kill(lineEndOrNext)],
  ['ctrl-y', (buffer) => buffer.yank()],
  ['ctrl-j', (buffer) => buffer.insert('\n')],
  ['alt-enter', (buffer) => buffer.insert('\n')],
]);

function moves(place: Parameters<TextBuffer['move']>[0], ...names: string[]): [string, Edit][] {
  return names.map((name) => [name, (buffer) => buffer.move(place)]);
}

export class Editor {
  readonly #buffer = new TextBuffer();
  readonly #view: View;
  readonly #canvas: Canvas;
  readonly #events: EditorEvents;
  /** Undefined while nobody reads: what is typed then is kept, and not shown. */
  #prompt: string | undefined;
  #aids: Aids | undefined;
  #recall: Recall | undefined;
  #search: HistorySearch | undefined;
  /** The keys that wait for Tab to be done; undefined when it is. */
  #held: Key[] | undefined;
  /** What the last Tab left open is shown below the text. */
  #choices: { words: readonly string[]; isShown: boolean } | undefined;

  constructor(view: View, canvas: Canvas, events: EditorEvents) {
    this.#view = view;
    this.#canvas = canvas;
    this.#events = events;
  }

  get text(): string {
    return this.#buffer.text;
  }

  set text(text: string) {
    this.#stopHelping();
    this.#buffer.set(text);
  }

  /** Cuts the text out, for Ctrl-Y, and begins anew: the newest earlier line is the next one up. */
  clear(): void {
    this.#stopHelping();
    this.#recall = undefined;
    this.#buffer.clear();
  }

  /** Shows what is typed from now on, and what was before, behind a prompt. */
  begin(prompt: string, aids?: Aids): void {
    this.#prompt = prompt;
    this.#aids = aids;
    this.#recall = undefined;
    this.draw();
  }

  /** Shows nothing more; what was shown stays. */
  end(): void {
    this.#stopHelping();
    this.draw();
    this.#view.leave();
    this.#prompt = undefined;
    this.#aids = undefined;
  }

  /** Shows how things are. */
  draw(): void {
    if (this.#prompt === undefined) return;
    const { text, cursor } = this.#buffer;
    const below = this.#choices?.isShown
      ? inColumns(this.#choices.words, (this.#canvas.columns || 80) - 1)
      : undefined;
    if (this.#search) this.#view.draw({ prompt: this.#search.prompt, ...this.#search.match });
    else this.#view.draw({ prompt: this.#prompt, text, cursor, ...(below && { below }) });
  }

  /** Takes the keys that came together, and shows what has become of them. */
  take(keys: readonly Key[]): void {
    for (const key of keys) {
      if (this.#held && this.#waits(key)) this.#held.push(key);
      else if (!this.#search || !this.#takeInSearch(this.#search, key)) this.#takeKey(key);
    }
    this.draw();
  }

  /** Ctrl-C and Esc do not wait for Tab, but end it. */
  #waits(key: Key): boolean {
    if (key.type === 'press' && ['ctrl-c', 'escape'].includes(key.name)) this.#held = undefined;
    return this.#held !== undefined;
  }

  #takeKey(key: Key): void {
    const choices = this.#choices;
    this.#choices = undefined;
    if (key.type === 'text') return this.#buffer.insert(key.text);
    if (key.type === 'paste') return this.#buffer.insert(key.text.replace(/\r\n?/g, '\n'));
    switch (key.name) {
      case 'enter':
        return this.#enter();
      case 'up':
      case 'ctrl-p':
        return this.#moveOr(lineAbove, () => this.#recalled().older(this.text));
      case 'down':
      case 'ctrl-n':
        return this.#moveOr(lineBelow, () => this.#recalled().newer());
      case 'tab':
        return void this.#complete(choices?.words);
      case 'ctrl-r':
        if (this.#aids) this.#search = new HistorySearch(this.#aids.history.entries);
        return undefined;
      case 'ctrl-g':
        if (this.#aids) this.#events.onEditElsewhere(this.#aids.editor);
        return undefined;
      case 'ctrl-l':
        if (this.#prompt !== undefined) this.#view.clear();
        return undefined;
      case 'ctrl-c':
        return this.#events.onInterrupt();
      case 'ctrl-z':
        return this.#events.onSuspend();
      case 'escape':
        return this.#events.onEscape();
      default:
        if (key.name === 'ctrl-d' && this.text === '') return this.#events.onEnd();
        return EDITS.get(key.name)?.(this.#buffer);
    }
  }

  /** A backslash before the cursor makes Enter a new line; otherwise the text is sent. */
  #enter(): void {
    const { text, cursor } = this.#buffer;
    if (text[cursor - 1] === '\\') return this.#buffer.insert('\n', cursor - 1);
    this.#events.onLine(text);
    this.text = '';
  }

  /** Moves to a line of this text, or where there is none, takes another text. */
  #moveOr(place: typeof lineAbove, other: () => string | undefined): void {
    const { cursor } = this.#buffer;
    this.#buffer.move(place);
    if (this.#buffer.cursor !== cursor) return;
    const text = other();
    if (text !== undefined) this.#buffer.set(text);
  }

  #recalled(): Recall {
    return (this.#recall ??= new Recall(this.#aids?.history.entries ?? []));
  }

  /** What a key does to a search. False: it ends the search, and then does what it does. */
  #takeInSearch(search: HistorySearch, key: Key): boolean {
    if (key.type !== 'press') search.extend(key.text.replace(/\s*[\r\n]\s*/g, ' '));
    else if (key.name === 'ctrl-r') search.older();
    else if (key.name === 'backspace') search.shorten();
    else {
      this.#search = undefined;
      if (['escape', 'ctrl-g', 'ctrl-c'].includes(key.name)) return true;
      const { text, cursor } = search.match;
      if (text !== '') this.#buffer.set(text, cursor);
      return ['right', 'tab'].includes(key.name);
    }
    return true;
  }

  /** Adds what is certain of the word before the cursor; a second Tab shows what it may become. */
  async #complete(shownBefore: readonly string[] | undefined): Promise<void> {
    if (!this.#aids) return;
    const held = (this.#held = []);
    const before = this.text.slice(0, this.#buffer.cursor);
    const { from, words } = await complete(before, this.#aids.completions);
    if (this.#held !== held) return;
    this.#held = undefined;
    const [only] = words.length === 1 ? words : [];
    const start = only === undefined ? commonStart(words) : only.replace(/(?<!\/)$/, ' ');
    if (start.length > before.length - from) this.#buffer.insert(start, from);
    else if (words.length > 1) this.#choices = { words, isShown: shownBefore !== undefined };
    this.take(held);
  }

  #stopHelping(): void {
    this.#search = undefined;
    this.#choices = undefined;
    this.#held = undefined;
  }
}
