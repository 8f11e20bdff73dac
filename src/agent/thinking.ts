/** Whether the model thinks before its replies, for how long, and what it has shown to do instead. */
import { DEFAULT_THINK_BUDGET } from './defaults.ts';
import type { Think } from '../model/think.ts';

/** After so many empty replies in a row, one is asked for without saying whether to think. */
const MOST_EMPTY = 2;

/** How the model is to think. */
interface ThinkingOptions {
  /** Default: off. */
  mode?: Think | undefined;
  /** The most tokens of a thought. Default: 1,024. */
  budget?: number | undefined;
}

/** What is known of the model that is used. */
interface Facts {
  /** It cannot think, and the person was told so. */
  cannot: boolean;
  /** It thinks although it was told not to. */
  thinksAnyway: boolean;
  /** Its empty replies in a row. */
  empty: number;
  /** Whether it is told to think or not: it is not where that made its replies empty. */
  field: 'sent' | 'left out' | 'left out in vain';
}

const UNKNOWN: Facts = { cannot: false, thinksAnyway: false, empty: 0, field: 'sent' };

/** How a model thinks. An agent and its delegates share one, and its mode may be switched. */
export class Thinking {
  readonly #budget: number;
  #mode: Think;
  #facts: Facts = { ...UNKNOWN };

  constructor({ mode = 'off', budget = DEFAULT_THINK_BUDGET }: ThinkingOptions = {}) {
    this.#mode = mode;
    this.#budget = budget;
  }

  get mode(): Think {
    return this.#mode;
  }

  set mode(mode: Think) {
    this.#mode = mode;
    this.forget();
  }

  /** The most tokens of a thought. */
  get budget(): number {
    return this.#budget;
  }

  /** Another model is used: what is known of the last one does not count. */
  forget(): void {
    this.#facts = { ...UNKNOWN };
  }

  /**
   * What the next reply is asked for with; undefined: without a word about thinking.
   * @param isHeld it is held to a schema, which leaves no place for a thought
   */
  next(isHeld: boolean): Think | undefined {
    if (this.#facts.cannot || this.#facts.field === 'left out') return undefined;
    return isHeld ? 'off' : this.#mode;
  }

  /**
   * The tokens that a thought may have besides the reply: at most a quarter of the window.
   * @param think what the reply is asked for with
   * @param numCtx the window in tokens
   */
  room(think: Think | undefined, numCtx: number): number {
    const { cannot, thinksAnyway, field } = this.#facts;
    const isLeftToIt = think === undefined ? !cannot && field === 'left out' : think !== 'off';
    return isLeftToIt || thinksAnyway ? Math.min(this.#budget, Math.floor(numCtx / 4)) : 0;
  }

  /** Notes whether the model can think. Returns what the person has to know of that, once. */
  noteAbility(name: string, can: boolean | undefined): string | undefined {
    if (can !== false || this.#facts.cannot) return undefined;
    this.#facts.cannot = true;
    return this.#mode === 'off' ? undefined : `${name} cannot think; it replies without`;
  }

  /** Notes a reply. Returns what the person has to know of the next one. */
  noteReply(think: Think | undefined, { text, thought, doneReason }: Reply): string | undefined {
    const facts = this.#facts;
    if (thought !== '' && (think === 'off' || think === undefined)) facts.thinksAnyway = true;
    const isEmpty = `${text}${thought}`.trim() === '' && doneReason === 'stop';
    facts.empty = isEmpty ? facts.empty + 1 : 0;
    if (facts.empty === 0 || facts.field === 'left out in vain') return undefined;
    if (facts.field === 'left out') {
      facts.field = 'left out in vain';
      return 'the reply is empty without the field "think", too';
    }
    if (facts.empty < MOST_EMPTY || facts.cannot) return undefined;
    facts.field = 'left out';
    return `the server answered "think": ${think === 'off' ? 'false' : 'true'} with nothing, twice; trying without that field`;
  }
}

interface Reply {
  text: string;
  thought: string;
  doneReason: string;
}
