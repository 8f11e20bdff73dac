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
  PYTHON,
  QUOTED,
  RUN_ON,
  RUN_ON_LINE,
  TEXT_CALL,
  trailerOf,
} from './end-marks.ts';
import { LoopWatch } from './loop-watch.ts';
import { callOpening, firstEnd } from './parse.ts';
import type { ToolShapes } from './reply.ts';
import { TurnWatch } from './turn-watch.ts';

/** A reply that is over, whatever the model would add. */
export interface EndedReply {
  text: string;
  /** It repeated itself; the text has the phrase once. */
  isLoop: boolean;
}

/**
 * How many more characters are awaited before an end counts. After words, which may be a thought with
 * a draft in it that is closed later: longer where only words follow, as in a thought. After an
 * argument of text, which may continue.
 */
const PATIENCE = { afterWords: 2_000, inWords: 8_000, text: 600 };

/**
 * A reply is looked at after each of these characters, and at least once in every so many. So the
 * result does not depend on the pieces in which it arrives.
 */
const STOPS = new Set([...'>)}]▷\n'].map((stop) => stop.charCodeAt(0)));
const PART_CHARS = 64;
/** No opening or closing has more characters before its last part. */
const OVERLAP_CHARS = 60;
/** The most characters between the end of a call and what shows that the model keeps writing. */
const TRAILER_CHARS = 60;
/**
 * To parse a text costs its length. The budget, in characters, grows with the text, so that the work
 * stays linear. When it is used up, a possible end waits.
 */
const BUDGET = { first: 200_000, each: 1 };

/** Watches one reply, piece by piece, for its end. */
export class EndWatch {
  readonly #tools: ToolShapes;
  readonly #endsWithCloser: ReturnType<typeof closersOf>;
  readonly #braces = new BraceCount();
  readonly #loops = new LoopWatch();
  readonly #turns: TurnWatch;
  /** The reply so far, read as a whole only within the budget: each time it is copied. */
  #text = '';
  /** What has arrived since the last stop. */
  #part = '';
  /** The last part, and some characters before it. */
  #recent = '';
  #isPython = false;
  /** One for tags, and one for the brackets of JSON and Python, of which code is full. */
  readonly #budgets = { tag: BUDGET.first, bracket: BUDGET.first };
  #waiting: Candidate | undefined;
  /** A complete call or answer; the next characters show whether that was meant. */
  #complete: Complete | undefined;

  constructor(tools: ToolShapes) {
    this.#tools = tools;
    this.#turns = new TurnWatch(callOpening(tools));
    this.#endsWithCloser = closersOf(tools);
  }

  /** Takes the next piece. Returns the reply once it is over; then push no more. */
  push(piece: string): EndedReply | undefined {
    for (let at = 0; at < piece.length;) {
      const end = this.#nextStop(piece, at);
      this.#part += piece.slice(at, end);
      if (!this.#isStop(piece.charCodeAt(end - 1))) return undefined;
      const part = this.#part;
      this.#part = '';
      const ended = this.#take(part);
      if (ended) return ended;
      at = end;
    }
    return undefined;
  }

  /** Call it if the token limit ended the stream. Returns the reply if it is complete. */
  end(): EndedReply | undefined {
    const complete = this.#complete;
    if (!complete) return undefined;
    this.#text += this.#part;
    const rest = this.#text.slice(complete.end);
    const isCertain = complete.patience === 0 || rest.slice(trailerOf(rest).length).trim() === '';
    return isCertain ? this.#upTo(complete.end) : undefined;
  }

  /** Where the next stop in this piece is, or the piece's end. */
  #nextStop(piece: string, from: number): number {
    // What follows an end is looked at character by character.
    if (this.#complete && this.#complete.after.length <= TRAILER_CHARS) return from + 1;
    const room = PART_CHARS - this.#part.length;
    for (let at = from; at < piece.length && at < from + room; at++) {
      if (STOPS.has(piece.charCodeAt(at))) return at + 1;
    }
    return Math.min(from + room, piece.length);
  }

  #isStop(last: number): boolean {
    const isSettling = this.#complete && this.#complete.after.length <= TRAILER_CHARS;
    return Boolean(isSettling) || this.#part.length >= PART_CHARS || STOPS.has(last);
  }

  #take(part: string): EndedReply | undefined {
    const start = this.#text.length;
    this.#text += part;
    this.#recent = this.#recent.slice(-OVERLAP_CHARS) + part;
    this.#isPython ||= PYTHON.test(this.#recent);
    this.#budgets.tag += part.length * BUDGET.each;
    this.#budgets.bracket += part.length * BUDGET.each;
    if (this.#complete) this.#complete.after += part;
    const ended = this.#confirm();
    if (ended) return ended;
    const turn = this.#turns.push(part, this.#recent, this.#text.length);
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
    return this.#atTurn(turn) ?? this.#atLoop(part, start);
  }

  /** The possible ends in the last part, which are at its end. */
  #candidates(part: string, start: number): Candidate[] {
    const end = start + part.length;
    const isObject = this.#braces.push(part).length > 0;
    if (isObject) return [{ end, by: 'bracket' }];
    const isTag = /[>\]▷]$/.test(part) && this.#endsWithCloser(this.#recent);
    if (isTag) return [{ end, by: 'tag' }];
    const isBracket = this.#recent.endsWith('/>') || (this.#isPython && part.endsWith(')'));
    return isBracket ? [{ end, by: 'bracket' }] : [];
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
    this.#complete = { end, by, patience, isAfterWords, after: this.#text.slice(end) };
    return true;
  }

  /** Ends the reply where it is complete, if what follows confirms it. */
  #confirm(): EndedReply | undefined {
    if (!this.#complete) return undefined;
    const { end, by, patience, isAfterWords } = this.#complete;
    const waited = this.#text.length - end;
    const rest = this.#complete.after.slice(0, TRAILER_CHARS + 1);
    const after = rest.slice(trailerOf(rest).length);
    if (rest.length <= TRAILER_CHARS && BEGUN.test(after)) return undefined;
    const isRunOn = !isAfterWords && RUN_ON.test(after);
    if (waited < patience && !isRunOn) return undefined;
    if (patience === PATIENCE.afterWords && !RUN_ON_LINE.test(this.#complete.after)) {
      this.#complete.patience = PATIENCE.inWords;
      return undefined;
    }
    const isCertain = by === 'tag' && !isAfterWords;
    if (!isCertain && !this.#spend(by, this.#text.length)) return undefined;
    this.#complete = undefined;
    if (by === 'tag' && QUOTED.test(rest)) return undefined;
    return isCertain || this.#isStillACall(end, rest, isAfterWords) ? this.#upTo(end) : undefined;
  }

  /**
   * Whether it is still a call with what follows: inside a line, or between words that explain it, it
   * may be none.
   */
  #isStillACall(end: number, rest: string, isAfterWords: boolean): boolean {
    const trailer = trailerOf(rest).length;
    const shown = /^[\s`]*[^\s`]?/.exec(rest.slice(trailer))?.[0].length ?? 0;
    const until = isAfterWords ? this.#text.length : end + trailer + shown;
    const still = firstEnd(this.#text.slice(0, until), this.#tools);
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

  #atTurn(at: number | undefined): EndedReply | undefined {
    const text = at === undefined ? '' : this.#text.slice(0, at).trimEnd();
    // The reply may start with the tokens of its own turn.
    return text === '' ? undefined : { text, isLoop: false };
  }

  #atLoop(part: string, start: number): EndedReply | undefined {
    const { isCall, isCode } = this.#turns;
    const keep = this.#loops.push(part, start, isCall ? 'call' : isCode ? 'code' : 'prose');
    return keep === undefined ? undefined : { text: this.#text.slice(0, keep), isLoop: true };
  }
}

/** A call or an answer that is complete at `end`, unless what follows shows otherwise. */
interface Complete extends Candidate {
  /** Characters to wait for after it. */
  patience: number;
  isAfterWords: boolean;
  /** What has arrived after it. */
  after: string;
}

/** A place where a call or an answer may have ended, and what ended it. */
interface Candidate {
  end: number;
  by: 'tag' | 'bracket';
}
