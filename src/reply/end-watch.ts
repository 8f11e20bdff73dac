/**
 * Where a reply ends. Models go on after a good call or a whole answer, up to the token limit, and a
 * reply that the limit ends is never run: so the reply is watched while it is made, and cut where the
 * first call or answer is complete, where another turn begins, and where it only repeats itself.
 */
import { BraceCount } from './brace-count.ts';
import { LOOP_CHARS, loopIn } from './loop.ts';
import { callOpening, firstEnd } from './parse.ts';
import type { ToolShapes } from './reply.ts';

/** A reply that is over, whatever the model goes on to say. */
export interface EndedReply {
  text: string;
  /** `loop`: it repeated itself, and the phrase is kept once. */
  why: 'complete' | 'turn' | 'loop';
}

const CLOSING_TAG =
  '<\\/(?:tool|tool_call|function_call|function)\\s*>|<tool_call\\|>|' +
  '<\\|(?:call|\\/tool_call|tool_call_end|END_ACTION)\\|>|<｜tool▁calls?▁end｜>';
/** What may end a call or an answer that is made of tags; a tool's own name is a tag as well. */
const closersOf = (tools: ToolShapes) =>
  new RegExp(
    `${CLOSING_TAG}|<\\/(?:final|think(?:ing)?|reason(?:ing)?|${[...tools.keys()].join('|')})\\s*>`,
    'gi',
  );
/** What belongs to a call that is complete, with the blanks before it. */
const TRAILER = new RegExp(`^(?:\\s*(?:${CLOSING_TAG}|\`\`\`|[\\]})]))*`, 'i');
/** What may yet become a part of the trailer. */
const BEGUN = /^[\s`]*(?:<[^\s<>]{0,20})?$/;
/** Behind a closing tag that is quoted in an answer or in content. */
const QUOTED = /^(?:["');,|\\]|`(?!``))/;
/** A call whose last argument is text: what looks like its end may be a part of that text. */
const TEXT_CALL =
  /<\/(?:content|old_text|new_text|command|task|parameter|arg_value)\s*>\s*<\/\w+\s*>$/i;
/** What a model imagines behind its call is no more of its text. */
const RUN_ON = /^\s*(?:<(?:tool|final)[\s>]|<\||Result of |\[(?:user|assistant|tool)\b)/i;
/**
 * How many characters are waited for, to see whether an end was meant: behind words, since they and
 * the call may be a thought whose end is still to come, and behind a text that may go on.
 */
const PATIENCE = { afterWords: 2_000, text: 600 };

/** Calls in Python end by a bracket, and a tag may close itself. */
const PYTHON = /<\|(?:python_tag|tool_call_start)\|>|```tool_/i;
/** Where the model speaks for another: a turn begins by the marks of a chat template, unquoted. */
const TURN =
  /(?<!["'`])(?:(?:<\|(?:im_end|eot_id|endoftext)\|>|<end_of_turn>)\s*)?(?:(?:<\|im_start\|>|<\|start_header_id\|>|<start_of_turn>)(?:system|user|assistant|model|tool)|\[INST\])/;

/** One of these begins or holds every mark. */
const MARK = /[<[{`=]/;

/** Longer pieces are taken in parts, so that it is the same how a reply comes in pieces. */
const PART_CHARS = 64;
/** More than a mark can have before its last piece. */
const OVERLAP_CHARS = 60;
/** What may stand between the end of a call and what shows that the model goes on. */
const TRAILER_CHARS = 60;
/**
 * Looking at a text costs its length, so there is a budget, which grows with the text: the work
 * stays linear. What is to be looked at when it is spent waits.
 */
const BUDGET = { first: 200_000, each: 8 };

export class EndWatch {
  readonly #tools: ToolShapes;
  readonly #callOpening: RegExp;
  readonly #closers: RegExp;
  readonly #braces = new BraceCount();
  /** All that has come: looked at as a whole only within the budget. */
  #text = '';
  /** The last part with what came just before, and the text's end as it was last searched for loops. */
  #recent = '';
  #tail = '';
  #sinceTail = '';
  /** A call has been opened: what repeats may be the content of a file. */
  #isCall = false;
  #isPython = false;
  /** For tags, and for the brackets of JSON and Python: code is full of them. */
  readonly #budgets = { tag: BUDGET.first, bracket: BUDGET.first };
  #waiting: Candidate | undefined;
  /** A call or an answer is complete; what comes next tells whether that was meant. */
  #complete: Complete | undefined;

  constructor(tools: ToolShapes) {
    this.#tools = tools;
    this.#callOpening = callOpening(tools);
    this.#closers = closersOf(tools);
  }

  /** Takes the next piece. Returns the reply once it is over. */
  push(piece: string): EndedReply | undefined {
    for (let at = 0; at < piece.length; at += PART_CHARS) {
      const ended = this.#take(piece.slice(at, at + PART_CHARS));
      if (ended) return ended;
    }
    return undefined;
  }

  /** The stream is over without the model's having ended it: the reply, if it is complete. */
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
      // While it is waited whether an end was meant, another one may show that it was not.
      if (candidate.by === 'tag' && this.#complete?.patience) this.#complete = undefined;
      // One that is complete is not to be looked at again because of what follows.
      if (this.#complete) this.#waiting = candidate;
      else if (this.#isCompleteAt(candidate)) {
        const confirmed = this.#confirm();
        if (confirmed) return confirmed;
      }
    }
    return this.#atTurn(turn) ?? this.#atLoop();
  }

  /** Where something may have ended in the last part, in order. */
  #candidates(part: string, start: number): Candidate[] {
    const found: Candidate[] = [];
    for (const end of this.#braces.push(part)) found.push({ end: start + end, by: 'bracket' });
    if (!/[>)]/.test(part)) return found;
    const before = start + part.length - this.#recent.length;
    for (const match of this.#recent.matchAll(this.#closers)) {
      const end = before + match.index + match[0].length;
      // One that lay in an earlier part has been seen.
      if (end > start) found.push({ end, by: 'tag' });
    }
    for (const match of this.#recent.matchAll(this.#isPython ? /\)|\/>/g : /\/>/g)) {
      const end = before + match.index + match[0].length;
      if (end > start) found.push({ end, by: 'bracket' });
    }
    return found.toSorted((a, b) => a.end - b.end);
  }

  /** Whether the first call or answer is complete by what ends here. Without budget it waits. */
  #isCompleteAt(candidate: Candidate): boolean {
    const { end: at, by } = candidate;
    if (!this.#spend(by, at)) {
      this.#waiting = candidate;
      return false;
    }
    // What merely has no end yet goes on to the newline.
    const first = firstEnd(`${this.#text.slice(0, at)}\n`, this.#tools);
    if (!first || first.end > at) return false;
    const { end, isAfterWords } = first;
    const isText = by === 'tag' && TEXT_CALL.test(this.#text.slice(Math.max(0, end - 80), end));
    const patience = isAfterWords ? PATIENCE.afterWords : isText ? PATIENCE.text : 0;
    this.#complete = { end, by, patience, isAfterWords };
    return true;
  }

  /** Ends the reply where it is complete, if what follows shows that the model just went on. */
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

  /** JSON in the middle of a line, or beside prose, may be no call. */
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
    return { text: this.#text.slice(0, end + trailer.length), why: 'complete' };
  }

  /** Where another turn begins: in a call that has been opened its mark is content. */
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
    // The mark of the reply's own turn may stand before it.
    return text === '' ? undefined : { text, why: 'turn' };
  }

  #atLoop(): EndedReply | undefined {
    if (this.#sinceTail.length < PART_CHARS) return undefined;
    this.#tail = (this.#tail + this.#sinceTail).slice(-LOOP_CHARS);
    this.#sinceTail = '';
    const loop = loopIn(this.#tail, this.#isCall);
    return loop && { text: this.#text.slice(0, this.#text.length - loop.surplus), why: 'loop' };
  }
}

/** A call or an answer that is complete at `end`, if what follows does not show that it is not. */
interface Complete extends Candidate {
  /** Characters to wait for behind it. */
  patience: number;
  isAfterWords: boolean;
}

/** A place where a call or an answer may have ended, and by what. */
interface Candidate {
  end: number;
  by: 'tag' | 'bracket';
}

/** The closing tags and fences after a call; the blanks behind them do not belong to it. */
function trailerOf(rest: string): string {
  return TRAILER.exec(rest)?.[0] ?? '';
}
