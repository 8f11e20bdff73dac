/** Ctrl-G: while the person's own editor has the terminal, nothing else may print there. */
import type { ExternalEditor } from '../editor/aids.ts';
import { editElsewhere } from '../editor/external.ts';
import { escapeLine } from '../text/escape.ts';

/** What the terminal does around the editor. */
interface ElsewhereOptions {
  /** Hands the terminal over. */
  leave: () => Promise<void>;
  /** Takes the terminal back, with what was saved; undefined where nothing was. */
  comeBack: (text: string | undefined) => void;
  /** Prints a line for the person. */
  print: (text: string) => void;
}

/** The person's own editor, and what is to be printed once it has ended. */
export class Elsewhere {
  readonly #options: ElsewhereOptions;
  #running: AbortController | undefined;
  #held: (() => void)[] = [];

  constructor(options: ElsewhereOptions) {
    this.#options = options;
  }

  /** Whether the editor has the terminal. */
  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Keeps what would be printed until the editor has ended. */
  hold(print: () => void): void {
    this.#held.push(print);
  }

  /** Ends the editor. */
  abort(): void {
    this.#running?.abort();
  }

  /** Opens a text in the editor, and comes back with it as saved. Where that fails, a line says why. */
  async edit(editor: ExternalEditor, text: string): Promise<void> {
    const { leave, comeBack, print } = this.#options;
    const running = (this.#running = new AbortController());
    await leave();
    let saved: string | undefined;
    try {
      saved = await editElsewhere(editor, text, running.signal);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.hold(() => print(`The editor changed nothing: ${escapeLine(reason)}.`));
    }
    this.#running = undefined;
    for (const held of this.#held.splice(0)) held();
    comeBack(saved);
  }
}
