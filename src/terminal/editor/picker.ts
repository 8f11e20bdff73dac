/** A list to pick from below a prompt: what is typed there filters it, the arrows move the mark. */
import type { ChalkInstance } from 'chalk';
import { shortenEnd } from '../text/shorten.ts';

/** One thing that can be picked. */
export interface Choice {
  /** What Enter answers with. */
  value: string;
  /** What the filter looks in. */
  text: string;
  /** Its rows, escaped, for so many columns: as many as those of any other choice. */
  rows(columns: number): readonly string[];
}

/** How a list begins and looks. */
interface PickerOptions {
  /** The index of the choice that is marked first. */
  at: number;
  chalk: ChalkInstance;
}

/** Before the first row of the choice that Enter takes, and before all other rows. */
const [MARKED, UNMARKED] = ['> ', '  '];
/** More rows than these would push away what was on the screen. */
const MAX_ROWS = 16;
/** The prompt, and a row for the hint. */
const OTHER_ROWS = 2;
const HINT = 'type to filter · ↑ ↓ move · Enter picks · Esc cancels';

/** A list, the part of it that matches what was typed, and which one of that is marked. */
export class Picker {
  readonly #choices: readonly Choice[];
  readonly #options: PickerOptions;
  #typed = '';
  #matching: readonly Choice[];
  #at: number;

  constructor(choices: readonly Choice[], options: PickerOptions) {
    this.#choices = choices;
    this.#options = options;
    this.#matching = choices;
    this.#at = options.at;
  }

  /** Marks the next choice, or the one before. */
  move(by: 1 | -1): void {
    this.#at = Math.max(0, Math.min(this.#at + by, this.#matching.length - 1));
  }

  /** What Enter answers with: the marked choice, or what was typed if nothing matches. */
  answer(typed: string): string {
    this.#filter(typed);
    return this.#matching[this.#at]?.value ?? typed;
  }

  /** The rows below the prompt: as many choices as fit around the marked one, and a hint. */
  rows(typed: string, columns: number, height: number): string[] {
    this.#filter(typed);
    const { chalk } = this.#options;
    const room = columns - MARKED.length;
    const marked = this.#matching[this.#at];
    const tall = marked?.rows(room).length ?? 1;
    const count = Math.max(1, Math.floor(Math.min(MAX_ROWS, height - OTHER_ROWS) / tall));
    const first = Math.max(0, Math.min(this.#at - (count >> 1), this.#matching.length - count));
    const shown = this.#matching.slice(first, first + count);
    const rows = shown.flatMap((choice) =>
      choice.rows(room).map((row, index) => {
        const line = `${choice === marked && index === 0 ? MARKED : UNMARKED}${shortenEnd(row, room)}`;
        return choice === marked ? chalk.bold(line) : line;
      }),
    );
    const left = this.#matching.length - shown.length;
    const about = marked ? (left > 0 ? `${left} more · ` : '') : 'no match · ';
    return [...rows, chalk.dim(shortenEnd(`${UNMARKED}${about}${HINT}`, columns))];
  }

  /** Every word that was typed must be in a choice. A number means the choice of that number first. */
  #filter(typed: string): void {
    if (typed === this.#typed) return;
    this.#typed = typed;
    const words = typed.toLowerCase().split(/\s+/);
    const numbered = /^\d{1,3}$/.test(typed) ? this.#choices[Number(typed) - 1] : undefined;
    const others = this.#choices.filter((choice) => {
      const text = choice.text.toLowerCase();
      return choice !== numbered && words.every((word) => text.includes(word));
    });
    this.#matching = numbered ? [numbered, ...others] : others;
    this.#at = typed === '' ? this.#options.at : 0;
  }
}
