/** Finds the construct that decides a reply: the first one outside of reasoning. */
import { toolsCalled } from './names.ts';
import { Openings, readConstruct } from './openings.ts';
import { Prose } from './prose.ts';
import { Mentions, quoteEnd } from './quoted.ts';
import { loneEnd, marksIn, thoughtsIn, type Thought } from './reasoning.ts';
import { malformed, type Construct, type ToolShapes } from './reply.ts';

/** Each draft, and each opening that is no call, may be read to the end of the text: this bounds them. */
const MAX_TRIES = 20;
/** Each sample may be read to the end, too; a log has many of them. */
const MAX_SAMPLES = 100;
const TOO_MANY_DRAFTS = malformed(
  'the reply mixes reasoning and calls too often to tell them apart',
);

const UNSURE = malformed('it is not certain whether the call is meant, or only shown');

/** What decides a reply, if anything does, and the words before it, outside of thoughts. */
interface Decision {
  construct?: Construct;
  text: string;
}

/**
 * Finds the construct that decides. Reasoning is between its tags or before a lone closing tag, so a
 * construct before a lone closing tag was only a draft. Inside the arguments of a call such a tag is
 * content.
 */
export function firstConstruct(raw: string, tools: ToolShapes): Decision {
  return new Search(raw, tools).run();
}

/** One walk through a reply, from opening to opening. */
class Search {
  readonly #raw: string;
  readonly #tools: ToolShapes;
  readonly #openings: Openings;
  readonly #marks: ReturnType<typeof marksIn>;
  readonly #prose: Prose;
  #mentions: Mentions | undefined;
  /** Up to here the text has been dealt with. */
  #from = 0;
  #match: RegExpExecArray | null;
  #thoughts: ReturnType<typeof thoughtsIn>;
  #thought: Thought | undefined;
  /** Openings that turned out to be none. */
  #misread = 0;
  #drafts = 0;
  #samples = 0;
  #known: { at: number; construct: Construct | number } | undefined;

  constructor(raw: string, tools: ToolShapes) {
    this.#raw = raw;
    this.#tools = tools;
    this.#openings = new Openings(raw, tools);
    this.#marks = marksIn(raw);
    this.#prose = new Prose(raw);
    this.#match = this.#openings.next(0);
    this.#thoughts = thoughtsIn(this.#marks, 0);
    this.#thought = this.#thoughts.next().value;
  }

  run(): Decision {
    while (this.#drafts < MAX_TRIES && this.#samples < MAX_SAMPLES) {
      if (this.#match && this.#match.index < this.#from) {
        this.#match = this.#openings.next(this.#from);
      }
      const match = this.#match;
      const at = match?.index ?? this.#raw.length;
      while (this.#thought && this.#thought.at < this.#from) this.#nextThought();
      const thought = this.#thought;
      // The name of a tool may be that of a thought, too.
      if (thought && (thought.at < at || (thought.at === at && match?.[2] === undefined))) {
        this.#pass(thought, at);
        continue;
      }
      this.#prose.add(this.#from, at);
      if (!match) return { text: this.#prose.text };
      const decided = this.#decideAt(match);
      if (decided) return { construct: decided, text: this.#prose.text };
    }
    return { construct: { reply: TOO_MANY_DRAFTS, end: this.#raw.length }, text: '' };
  }

  #nextThought(): void {
    this.#thought = this.#thoughts.next().value;
  }

  /** Passes over a thought, or over the mention of one. @param at where the next opening is */
  #pass(thought: Thought, at: number): void {
    const prose = this.#prose;
    prose.add(this.#from, thought.at);
    const { end, isLone, isMaybeData, isWord = false } = thought;
    const isSample = prose.isInSample && end !== undefined && end <= at && !isLone;
    const isNamed = isWord && end !== undefined;
    const isMention = isSample || isNamed || (isMaybeData && prose.mentions(thought));
    const isContent = isMention && this.#match && isInside(end, this.#constructAt(this.#match));
    const until = isContent ? undefined : end;
    this.#from = until ?? (isMention ? thought.at : this.#raw.length);
    if (isMention) prose.add(thought.at, this.#from);
    // A tag that is never closed may be a word in the answer, which must not be shown cut off.
    else if (isLone || end === undefined) prose.drop();
    this.#nextThought();
  }

  /** What the opening decides; undefined if it is only prose, or a draft. */
  #decideAt(match: RegExpExecArray): Construct | undefined {
    const at = match.index;
    const quoted = quoteEnd(this.#raw, at);
    if (quoted !== undefined) return this.#skip(at, quoted);
    if (match[1] !== undefined) {
      this.#from = at + match[0].length;
      this.#prose.drop();
      return undefined;
    }
    const construct = this.#constructAt(match);
    if (typeof construct === 'number') {
      if (construct <= at + 3) this.#misread++;
      return this.#skip(at, construct);
    }
    const mentioned = isOfTool(construct, this.#tools) ? undefined : this.#lineOfMention(at);
    if (mentioned !== undefined) {
      this.#misread++;
      return this.#skip(at, mentioned);
    }
    const lone = loneEnd(this.#raw, this.#marks, isRead(construct) ? construct.end : at);
    if (lone === undefined) {
      const shown = this.#shownAs(at, construct);
      if (shown === 'sample') {
        this.#samples++;
        return this.#skip(at, construct.end);
      }
      return shown === 'unsure' ? { reply: UNSURE, end: this.#raw.length } : construct;
    }
    this.#from = lone;
    this.#thoughts = thoughtsIn(this.#marks, lone);
    this.#nextThought();
    this.#prose.drop();
    this.#drafts++;
    return undefined;
  }

  #skip(at: number, end: number): undefined {
    this.#prose.add(at, end);
    this.#from = end;
  }

  #lineOfMention(at: number): number | undefined {
    if (this.#misread >= MAX_TRIES) return undefined;
    return this.#mentionsInRaw.lineOf(at);
  }

  get #mentionsInRaw(): Mentions {
    return (this.#mentions ??= new Mentions(this.#raw));
  }

  /** Whether it is meant, or shown as a sample: in a code block, or in the middle of a sentence. */
  #shownAs(at: number, { reply, end }: Construct): 'meant' | 'sample' | 'unsure' {
    if (reply.type === 'malformed') return 'meant';
    const isInSample = this.#prose.isInSample;
    const mentions = this.#mentionsInRaw;
    if (isInSample && mentions.isInProgram(at)) return 'sample';
    if (reply.type === 'final') return this.#isWordFinal(at, end) ? 'sample' : 'meant';
    if (!isInSample && mentions.isTold(at, end)) return 'sample';
    if (!isInSample) return mentions.isInSentence(at, end) ? 'unsure' : 'meant';
    if (!mentions.has({ at, end, isMark: false })) return 'meant';
    return mentions.isAboutOther(at) ? 'sample' : 'unsure';
  }

  /** Whether the tags of an answer are words: the tag <final> opens it, and </final> ends it. */
  #isWordFinal(at: number, end: number): boolean {
    const before = this.#raw.slice(Math.max(0, at - 3), at);
    const isOpened =
      /\p{L} ["'`]?$/u.test(before) && /^<final>["'`]? \p{Ll}/u.test(this.#raw.slice(at, at + 10));
    return isOpened && /^(?:[,;:)]|["'`]?(?:\.| \p{Ll}))/u.test(this.#raw.slice(end, end + 3));
  }

  #constructAt(match: RegExpExecArray): Construct | number {
    if (this.#known?.at !== match.index) {
      const inDialects = this.#misread < MAX_TRIES;
      const construct = readConstruct(this.#raw, match, this.#tools, inDialects);
      this.#known = { at: match.index, construct };
    }
    return this.#known.construct;
  }
}

/** Whether it is an answer, or a call that some tool may mean. */
function isOfTool({ reply }: Construct, tools: ToolShapes): boolean {
  if (reply.type === 'call') return toolsCalled(reply.name, tools).length > 0;
  return reply.type === 'final';
}

const isRead = ({ reply, isWhole }: Construct) => reply.type === 'call' || isWhole;

/** Whether a tag that ends here is content of this construct. */
function isInside(end: number | undefined, construct: Construct | number): boolean {
  if (end === undefined || typeof construct === 'number') return false;
  return isRead(construct) === true && end <= construct.end;
}
