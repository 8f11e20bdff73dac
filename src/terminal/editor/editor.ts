/** Line editing: what each key does to the text, the history, the completion and the screen. */
import type { Aids, ExternalEditor } from './aids.ts';
import { TextBuffer } from './buffer.ts';
import { commonStart, complete, inColumns, type Completion } from './complete.ts';
import type { Key } from './keys.ts';
import type { Picker } from './picker.ts';
import { EDITS } from './edits.ts';
import { lineAbove, lineBelow } from './places.ts';
import { Recall } from './recall.ts';
import { HistorySearch } from './search.ts';
import type { Paint } from '../text/spans.ts';
import type { Canvas, View } from './view.ts';

/** What the keys do that do not edit. */
interface EditorEvents {
  /** Enter. */
  onLine: (text: string) => void;
  /** Ctrl-C. */
  onInterrupt: () => void;
  /** Esc, except in a search, which it ends. */
  onEscape: () => void;
  /** Ctrl-D, when there is no text. */
  onEnd: () => void;
  /** Ctrl-O. */
  onOpenThought: () => void;
  /** What is typed while nobody reads has changed. */
  onTyped: () => void;
  /** Ctrl-Z. */
  onSuspend: () => void;
  /** Ctrl-G. */
  onEditElsewhere: (editor: ExternalEditor | undefined) => void;
}

/** Line editing at one prompt at a time. */
export class Editor {
  readonly #buffer = new TextBuffer();
  readonly #view: View;
  readonly #canvas: Canvas;
  readonly #events: EditorEvents;
  /** Undefined while nobody reads: what is typed then is kept, but not shown here. */
  #prompt: string | undefined;
  #aids: Aids | undefined;
  #picker: Picker | undefined;
  #recall: Recall | undefined;
  #search: HistorySearch | undefined;
  /** The keys that wait until Tab is done; undefined when it is. */
  #held: Key[] | undefined;
  /** The choices that the last Tab found, shown below the text at the second. */
  #choices: (Pick<Completion, 'words' | 'notes'> & { isShown: boolean }) | undefined;

  constructor(view: View, canvas: Canvas, events: EditorEvents) {
    this.#view = view;
    this.#canvas = canvas;
    this.#events = events;
  }

  get text(): string {
    return this.#buffer.whole;
  }

  /** The text as it is shown, and the cursor in it. */
  get shown(): { text: string; cursor: number } {
    return this.#buffer.shown;
  }

  set text(text: string) {
    this.#stopHelping();
    this.#buffer.set(text);
  }

  /** Cuts the text, for Ctrl-Y, and starts over: the next line up is the newest again. */
  clear(): void {
    this.#stopHelping();
    this.#recall = undefined;
    this.#buffer.clear();
  }

  /** Shows a prompt, and behind it what was typed and will be. */
  begin(prompt: string, aids?: Aids, picker?: Picker): void {
    this.#prompt = prompt;
    this.#aids = aids;
    this.#picker = picker;
    this.#recall = undefined;
    this.draw();
  }

  /** Stops showing what is typed; what was shown stays, perhaps painted. */
  end(paint?: Paint): void {
    this.#stopHelping();
    this.#picker = undefined;
    this.draw();
    this.#view.leave(paint);
    this.#prompt = undefined;
    this.#aids = undefined;
  }

  /** Draws the current state. */
  draw(): void {
    if (this.#prompt === undefined) return this.#events.onTyped();
    const { text, cursor } = this.#buffer.shown;
    const below = this.#below();
    if (this.#search) this.#view.draw({ prompt: this.#search.prompt, ...this.#search.match });
    else this.#view.draw({ prompt: this.#prompt, text, cursor, ...(below && { below }) });
  }

  /** The rows below the text: the list to pick from, or what Tab has found. */
  #below(): string[] | undefined {
    const columns = (this.#canvas.columns || 80) - 1;
    if (this.#picker) return this.#picker.rows(this.text, columns, this.#canvas.rows || 24);
    const { words, notes, isShown } = this.#choices ?? {};
    return words && isShown ? inColumns(words, columns, notes) : undefined;
  }

  /** Takes keys that arrived together, then draws once. */
  take(keys: readonly Key[]): void {
    for (const key of keys) {
      if (this.#held && this.#waits(key)) this.#held.push(key);
      else if (!this.#search || !this.#takeInSearch(this.#search, key)) this.#takeKey(key);
    }
    this.draw();
  }

  /** Ctrl-C and Esc end Tab instead of waiting for it. */
  #waits(key: Key): boolean {
    if (key.type === 'press' && ['ctrl-c', 'escape'].includes(key.name)) this.#held = undefined;
    return this.#held !== undefined;
  }

  #takeKey(key: Key): void {
    const choices = this.#choices;
    this.#choices = undefined;
    if (key.type === 'text') return this.#buffer.insert(key.text);
    if (key.type === 'paste') return this.#buffer.paste(key.text.replace(/\r\n?/g, '\n'));
    switch (key.name) {
      case 'enter':
        return this.#enter();
      case 'up':
      case 'ctrl-p':
        if (this.#picker) return this.#picker.move(-1);
        return this.#moveOr(lineAbove, () => this.#recalled().older(this.text));
      case 'down':
      case 'ctrl-n':
        if (this.#picker) return this.#picker.move(1);
        return this.#moveOr(lineBelow, () => this.#recalled().newer());
      case 'tab':
        return void this.#complete(choices?.words);
      case 'ctrl-r':
        if (this.#aids) this.#search = new HistorySearch(this.#aids.history.entries);
        return undefined;
      case 'ctrl-g':
        return this.#edit();
      case 'ctrl-o':
        return this.#events.onOpenThought();
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

  /** A backslash before the cursor makes Enter a newline; otherwise the text is sent. */
  #enter(): void {
    if (this.#picker) this.#buffer.set(this.#picker.answer(this.text));
    const { text, cursor } = this.#buffer;
    if (text[cursor - 1] === '\\') return this.#buffer.insert('\n', cursor - 1);
    // A command is seen before it is run, whatever was pasted.
    if (/^\s*[!/]/.test(this.text) && this.#buffer.unfold()) return undefined;
    this.#events.onLine(this.text);
    this.text = '';
  }

  /** Opens the text in the person's editor; without one, what was pasted is opened here. */
  #edit(): void {
    if (!this.#aids || (!this.#aids.editor && this.#buffer.unfold())) return;
    this.#events.onEditElsewhere(this.#aids.editor);
  }

  /** Moves to the next line of this text, or at its edge takes another text. */
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

  /** Gives a key to the search. Returns false if it ends the search and still has to do its work. */
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

  /** Completes the word before the cursor as far as it is certain; a second Tab shows the choices. */
  async #complete(shownBefore: readonly string[] | undefined): Promise<void> {
    if (!this.#aids) return;
    const held = (this.#held = []);
    const before = this.#buffer.text.slice(0, this.#buffer.cursor);
    const { from, ...found } = await complete(before, this.#aids.completions);
    const { words, isGuess } = found;
    if (this.#held !== held) return;
    this.#held = undefined;
    const [only] = words.length === 1 ? words : [];
    const common = isGuess ? '' : commonStart(words);
    const start = only === undefined ? common : only.replace(/(?<!\/)$/, ' ');
    if (start.length > before.length - from) this.#buffer.insert(start, from);
    else if (words.length > 1) {
      this.#choices = { ...found, isShown: shownBefore !== undefined };
    }
    this.take(held);
  }

  #stopHelping(): void {
    this.#search = undefined;
    this.#choices = undefined;
    this.#held = undefined;
  }
}
