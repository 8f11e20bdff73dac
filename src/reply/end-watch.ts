/**
 * Where a reply ends. Models keep writing after a good call or a whole answer, up to the token limit,
 * and a reply that the limit cuts off is never run. So the reply is watched while it is generated and
 * ended where the first call or answer is complete, where another turn starts, or where it only
 * repeats itself.
 */
import { BraceCount } from './brace-count.ts';
import {
  BEGUN,
  closersOf,
  MARK,
  PYTHON,
  QUOTED,
  RUN_ON,
  TEXT_CALL,
  trailerOf,
  TURN,
} from './end-marks.ts';
import { LOOP_CHARS, loopIn } from './loop.ts';
import { callOpening, firstEnd } from './parse.ts';
import type { ToolShapes } from './reply.ts';

/** A reply that is over, whatever the model would add. */
export interface EndedReply {
  text: string;
  /** It repeated itself; the text has the phrase once. */
  isLoop: boolean;
}

/**
 * How many more characters show whether an end was meant: after words, since they and the call may be
 * a thought that is closed later, and after a text that may continue.
 */
const PATIENCE = { afterWords: 2_000, text: 600 };

/** Longer pieces are split, so that the result does not depend on how a reply is split. */
const PART_CHARS = 64;
/** More characters than any opening or closing can have before its last piece. */
const OVERLAP_CHARS = 60;
/** The most characters between the end of a call and what shows that the model keeps writing. */
const TRAILER_CHARS = 60;
/**
 * Parsing costs the length of the text, so there is a budget in characters that grows with the text:
 * the work stays linear. Without budget, a possible end waits.
 */
const BUDGET = { first: 200_000, each: 8 };

/** Watches one reply, piece by piece, for its end. */
export class EndWatch {
  readonly #tools: ToolShapes;
  readonly #callOpening: RegExp;
  readonly #closers: RegExp;
  readonly #braces = new BraceCount();
  /** The reply so far, parsed as a whole only within the budget. */
  #text = '';
  /** The last part, and some characters before it. */
  #recent = '';
  /** The end of the text when it was last searched for loops, and what has come since. */
  #tail = '';
  #sinceTail = '';
  /** A call has been opened: repetition may be the content of a file. */
  #isCall = false;
  #isPython = false;
  /** One for tags, and one for the brackets of JSON and Python, of which code is full. */
  readonly #budgets = { tag: BUDGET.first, bracket: BUDGET.first };
  #waiting: Candidate | undefined;
  /** A complete call or answer; the next characters show whether that was meant. */
  #complete: Complete | undefined;

  constructor(tools: ToolShapes) {
    this.#tools = tools;
    this.#callOpening = callOpening(tools);
    this.#closers = closersOf(tools);
  }

  /** Takes the next piece. Returns the reply once it is over; then push no more. */
  push(piece: string): EndedReply | undefined {
    for (let at = 0; at < piece.length; at += PART_CHARS) {
      const ended = this.#take(piece.slice(at, at + PART_CHARS));
      if (ended) return ended;
    }
    return undefined;
  }

  /** Call it if the token limit ended the stream. Returns the reply if it is complete. */
  end(): EndedReply | undefined {
    const complete = this.#complete;
    if (!complete) return undefined;
    const rest = this.#text.slice(complete.end);
    const isCertain = complete.patience === 0 || rest.slice(trailerOf(rest).length).trim() === '';
    return isCertain ? this.#upTo(complete.end) : undefined;
  }

  #take(part: string): EndedReply | undefined {
    const start = this.#text.length;
    this.#text += part;
    this.#recent = this.#recent.slice(-OVERLAP_CHARS) + part;
    this.#sinceTail += part;
    this.#isPython ||= PYTHON.test(this.#recent);
    this.#budgets.tag += part.length * BUDGET.each;
    this.#budgets.bracket += part.length * BUDGET.each;
    const ended = this.#confirm();
    if (ended) return ended;
    const turn = this.#turn();
    const waiting = this.#waiting ? [this.#waiting] : [];
    this.#waiting = undefined;
    for (const candidate of [...waiting, ...this.#candidates(part, start)]) {
      if (turn !== undefined && candidate.end > turn) break;
      // A second end shows that the first one, still in doubt, was not meant.
      if (candidate.by === 'tag' && this.#complete?.patience) this.#complete = undefined;
      // A complete one is not parsed again because of what follows.
      if (this.#complete) this.#waiting = candidate;
      else if (this.#isCompleteAt(candidate)) {
        const confirmed = this.#confirm();
        if (confirmed) return confirmed;
      }
    }
    return this.#atTurn(turn) ?? this.#atLoop();
  }

  /** The possible ends in the last part, in order. */
  #candidates(part: string, start: number): Candidate[] {
    const found: Candidate[] = [];
    for (const end of this.#braces.push(part)) found.push({ end: start + end, by: 'bracket' });
    if (!/[>)]/.test(part)) return found;
    const before = start + part.length - this.#recent.length;
    for (const match of this.#recent.matchAll(this.#closers)) {
      const end = before + match.index + match[0].length;
      // One in an earlier part has been seen.
      if (end > start) found.push({ end, by: 'tag' });
    }
    for (const match of this.#recent.matchAll(this.#isPython ? /\)|\/>/g : /\/>/g)) {
      const end = before + match.index + match[0].length;
      if (end > start) found.push({ end, by: 'bracket' });
    }
    return found.toSorted((a, b) => a.end - b.end);
  }

  /** Whether the first call or answer is complete at this end. Without budget it waits. */
  #isCompleteAt(candidate: Candidate): boolean {
    const { end: at, by } = candidate;
    if (!this.#spend(by, at)) {
      this.#waiting = candidate;
      return false;
    }
    // The newline shows a call that has no end yet: it extends to there.
    const first = firstEnd(`${this.#text.slice(0, at)}\n`, this.#tools);
    if (!first || first.end > at) return false;
    const { end, isAfterWords } = first;
    const isText = by === 'tag' && TEXT_CALL.test(this.#text.slice(Math.max(0, end - 80), end));
    const patience = isAfterWords ? PATIENCE.afterWords : isText ? PATIENCE.text : 0;
    this.#complete = { end, by, patience, isAfterWords };
    return true;
  }

  /** Ends the reply where it is complete, if what follows confirms it. */
  #confirm(): EndedReply | undefined {
    if (!this.#complete) return undefined;
    const { end, by, patience, isAfterWords } = this.#complete;
    const waited = this.#text.length - end;
    const rest = this.#text.slice(end, end + TRAILER_CHARS + 1);
    const after = rest.slice(trailerOf(rest).length);
    if (rest.length <= TRAILER_CHARS && BEGUN.test(after)) return undefined;
    const isRunOn = !isAfterWords && RUN_ON.test(after);
    if (waited < patience && !isRunOn) return undefined;
    if (by === 'bracket' && !this.#spend(by, this.#text.length)) return undefined;
    this.#complete = undefined;
    const isMeant = by === 'tag' ? !QUOTED.test(rest) : this.#isStillACall(end, rest);
    return isMeant ? this.#upTo(end) : undefined;
  }

  /** Whether JSON is still a call with what follows: inside a line or prose it may not be. */
  #isStillACall(end: number, rest: string): boolean {
    const trailer = trailerOf(rest).length;
    const shown = /^[\s`]*[^\s`]?/.exec(rest.slice(trailer))?.[0].length ?? 0;
    const still = firstEnd(this.#text.slice(0, end + trailer + shown), this.#tools);
    return still !== undefined && still.end >= end && still.end <= end + trailer;
  }

  #spend(budget: Candidate['by'], chars: number): boolean {
    if (this.#budgets[budget] < chars) return false;
    this.#budgets[budget] -= chars;
    return true;
  }

  /** The reply up to what is complete, with the closing tags that belong to it. */
  #upTo(end: number): EndedReply {
    const trailer = trailerOf(this.#text.slice(end, end + TRAILER_CHARS));
    return { text: this.#text.slice(0, end + trailer.length), isLoop: false };
  }

  /** Where another turn starts. In an open call, the special tokens of a turn are content. */
  #turn(): number | undefined {
    if (this.#isCall || !MARK.test(this.#recent)) return undefined;
    const turn = TURN.exec(this.#recent);
    const opening = this.#callOpening.exec(this.#recent);
    this.#isCall = opening !== null;
    if (!turn || (opening && opening.index < turn.index)) return undefined;
    return this.#text.length - this.#recent.length + turn.index;
  }

  #atTurn(at: number | undefined): EndedReply | undefined {
    const text = at === undefined ? '' : this.#text.slice(0, at).trimEnd();
    // The reply may start with the tokens of its own turn.
    return text === '' ? undefined : { text, isLoop: false };
  }

  #atLoop(): EndedReply | undefined {
    if (this.#sinceTail.length < PART_CHARS) return undefined;
    this.#tail = (this.#tail + this.#sinceTail).slice(-LOOP_CHARS);
    this.#sinceTail = '';
    const loop = loopIn(this.#tail, this.#isCall);
    return loop && { text: this.#text.slice(0, this.#text.length - loop.surplus), isLoop: true };
  }
}

/** A call or an answer that is complete at `end`, unless what follows shows otherwise. */
interface Complete extends Candidate {
  /** Characters to wait for after it. */
  patience: number;
  isAfterWords: boolean;
}

/** A place where a call or an answer may have ended, and what ended it. */
interface Candidate {
  end: number;
  by: 'tag' | 'bracket';
}
