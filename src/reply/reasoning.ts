/**
 * Finds a model's thoughts: a call drafted in one never runs, and text in one is not an answer. The
 * name of a tag shows that it is a thought, in any spelling.
 */

/** Names that only a thought has. */
const THOUGHT =
  'think(?:ing)?|thoughts?|reasoning|reflect(?:ions?|ing)?|scratch[ _-]?pad|monologue|' +
  'deliberat(?:e|ions?|ing)|ponder(?:ing)?|brainstorm(?:ing)?|contemplat(?:e|ions?|ing)|working_out';
/** Names that data and code have too. */
const MAYBE_DATA = 'reason|analy(?:sis|[sz]e|[sz]ing)|plan(?:ning)?|scratch|rationale|cot';
/** Words that may come before the name, joined in any way; any other word needs a mark between. */
const BEFORE = 'begin|start|of|the|my|chain|inner|internal|hidden|self|deep|ant';
const AFTER = 'begin|start|process|steps?|block|content|trace|log|notes|\\d{1,3}';
const BETWEEN = '[ _.▁-]?';
/** The last word says what a thing is: a deep_thought is a thought, and a think-tank is none. */
const NAME =
  `(?:[a-z\\d]{1,20}[_.:▁-]){0,5}(?:(?:${BEFORE})${BETWEEN}){0,4}(?:${THOUGHT}|${MAYBE_DATA})` +
  `(?:${BETWEEN}(?:${AFTER})){0,3}`;
const IN_BRACKETS = '(?:THINK(?:ING)?|THOUGHTS?|REASONING)'; // Mistral

/** Special tokens, closed only by their own end, which may have another meaning elsewhere. */
const TOKENS: readonly { start: string; end: string }[] = [
  { start: '<|channel|>analysis', end: '<|end|>' }, // gpt-oss
  { start: '<|channel>thought', end: '<channel|>' }, // Gemma 4
  { start: '<unused94>thought', end: '<unused95>' }, // MedGemma
  { start: '<|inner_prefix|>', end: '<|inner_suffix|>' }, // Apertus
];
/** Where a token is in the table, by its text in small letters. */
const TOKEN_PLACES = {
  start: new Map(TOKENS.map(({ start }, place) => [start.toLowerCase(), place])),
  end: new Map(TOKENS.map(({ end }, place) => [end.toLowerCase(), place])),
};
const anyOf = (texts: string[]) => texts.map((text) => text.replaceAll('|', '\\|')).join('|');

const BAR = '[|｜]?';
/** The tags that close a thought: the source of a regular expression, ignoring case, without groups. */
export const THOUGHT_END =
  `<${BAR}\\s{0,2}/\\s{0,2}${BAR}${NAME}\\s{0,9}${BAR}>|` +
  `<${BAR}(?:end${BETWEEN}${NAME}|${NAME}${BETWEEN}end)${BAR}>|` +
  `\\[/${IN_BRACKETS}\\]|◁/${NAME}▷`;
/** The tags that open one. A tag without its `>` does, too; one in backticks is only mentioned. */
export const THOUGHT_START =
  `(?<!\`)<(?:${BAR}${NAME}(?=[\\s/>|｜]|$)(?:[^<>]{0,300}>)?|\\s{1,2}${NAME}\\s*>)|` +
  `\\[${IN_BRACKETS}\\]|◁${NAME}▷`;

/** What gpt-oss and Cohere put before the reply proper: nothing up to here is part of it. */
export const REPLY_MARK = '<\\|(?:channel\\|>final<\\|message|START_RESPONSE)\\|>';

/** What opens or closes a thought. */
interface Mark {
  at: number;
  end: number;
  kind: 'start' | 'end' | 'empty';
  /** The same for marks that belong together. */
  name: string;
  isToken: boolean;
  /** Data and code may have it too. */
  isMaybeData: boolean;
  /** It may be a word of a sentence. */
  isWord: boolean;
}

const MARKS = new RegExp(
  `(${THOUGHT_END}|${anyOf(TOKENS.map(({ end }) => end))})|` +
    `${THOUGHT_START}|${anyOf(TOKENS.map(({ start }) => start))}`,
  'gi',
);
const CORE = new RegExp(`${THOUGHT}|${MAYBE_DATA}`, 'i');
const ONLY_DATA = new RegExp(`^(?:${MAYBE_DATA})$`);

/** What every mark has in it. `MARKS` is large: compiling it takes 20 ms, which few replies need. */
const NEEDED = new RegExp(
  `${THOUGHT}|${MAYBE_DATA}|${anyOf(TOKENS.flatMap(({ start, end }) => [start, end]))}`,
  'i',
);

/** Whether a text may have marks: without a long look. */
export function mayHaveMarks(raw: string): boolean {
  return NEEDED.test(raw);
}

/** All marks of a text, in order. */
export function marksIn(raw: string): Mark[] {
  if (!mayHaveMarks(raw)) return [];
  return [...raw.matchAll(MARKS)].flatMap((match) => markOf(raw, match) ?? []);
}

/** Whether a closing tag is a word of its sentence, before a comma or point, or alone in quotes. */
function isWordOf(raw: string, at: number, end: number): boolean {
  const before = raw.slice(Math.max(0, at - 2), at);
  const after = raw.slice(end, end + 2);
  const isWord = /\p{L} $/u.test(before) && /^[,.;:)](?:\s|$)/.test(after);
  return isWord || (/^[\s([,=:+"'`]?["'`]$/.test(before) && /^["'`](?!\w)/.test(after));
}

/** Whether the tag that opens a thought is inside the line in which the thought ends. */
function isInLine(raw: string, start: number, end: number): boolean {
  if (end - start > LINE_CHARS || raw.slice(start, end).includes('\n')) return false;
  return /\p{L},? ["'`]?$/u.test(raw.slice(Math.max(0, start - 4), start));
}

const LINE_CHARS = 300;

function markOf(raw: string, match: RegExpExecArray): Mark | undefined {
  const { 0: text, index: at } = match;
  const end = at + text.length;
  const isStart = match[1] === undefined;
  const side = isStart ? 'start' : 'end';
  const token = TOKEN_PLACES[side].get(text.toLowerCase()) ?? -1;
  const core = CORE.exec(text)?.[0].toLowerCase() ?? '';
  const name = token === -1 ? `${text.charAt(0)}${core}` : `token ${token}`;
  // [think] in small letters is a link. After a letter it may be a type, as in Promise<Thought>.
  if (text.startsWith('[') && text !== text.toUpperCase()) return undefined;
  if (token === -1 && isNamedIn(raw, at, end)) return undefined;
  const isType = /^<[A-Z][a-z]/.test(text) && /\w/.test(raw.charAt(at - 1));
  const isMaybeData = token === -1 && (isType || ONLY_DATA.test(core));
  if (isMaybeData && !isStart && /`/.test(raw.charAt(at - 1) + raw.charAt(end))) return undefined;
  const kind = isStart && text.endsWith('/>') ? 'empty' : side;
  // An empty one hides nothing.
  return {
    at,
    end,
    kind,
    name,
    isToken: token !== -1,
    isMaybeData: isMaybeData || kind === 'empty',
    isWord: isStart ? isInLine(raw, at, end) : isWordOf(raw, at, end),
  };
}

const NOUN = '(?:tag|element|token|marker)s?';
/** What stands around a tag that is a word of its sentence: the <think> tag, the tag <think> opens. */
const NAMED: readonly { before: RegExp; after: RegExp }[] = [
  {
    before: /\b(?:the|an?|its|opening|closing|each|every|no|this|that|missing) ["']?$/i,
    after: new RegExp(`^["']? ${NOUN}\\b`, 'i'),
  },
  { before: new RegExp(`\\b${NOUN} ["']?$`, 'i'), after: /^["']?(?:[,;)]| \p{Ll})/u },
  { before: /\bbetween $/i, after: /^ and <\// },
  { before: /\bbetween <[^<>]{1,40}> and $/i, after: /^/ },
];

/** Whether a sentence only names the tag. */
function isNamedIn(raw: string, at: number, end: number): boolean {
  const before = raw.slice(Math.max(0, at - 60), at);
  const after = raw.slice(end, end + MENTION_CHARS);
  return NAMED.some((words) => words.before.test(before) && words.after.test(after));
}

/** This many characters after a tag show whether a sentence only names it. */
export const MENTION_CHARS = 12;

/** A thought in a text. */
export interface Thought {
  at: number;
  /** Where it ends; missing if nothing closes it. */
  end?: number;
  /** A lone closing tag ended it: it began before the text, and `at` is where the tag is. */
  isLone: boolean;
  isMaybeData: boolean;
  /** Its tags are words of one sentence. */
  isWord?: boolean;
}

/**
 * The thoughts that the marks from `from` on make, in order; those inside a thought may follow it. A
 * closing tag ends the thought of its name, or else all that are open.
 */
export function* thoughtsIn(marks: readonly Mark[], from: number): Generator<Thought, undefined> {
  /** Those since the last place where none was open, and of them those that are open. */
  let found: Thought[] = [];
  const open: (Thought & { name: string; isToken: boolean })[] = [];
  const counts = new Map<string, number>();
  const countOf = (name: string) => counts.get(name) ?? 0;
  for (const mark of marks) {
    if (mark.at < from) continue;
    const { at, end, kind, name, isToken, isMaybeData, isWord } = mark;
    if (kind === 'empty') found.push({ at, end, isLone: false, isMaybeData });
    // Templates and models both open a thought, which is closed once. Elements of data nest.
    else if (kind === 'start' && (isMaybeData || countOf(name) === 0)) {
      const thought = { at, isLone: false, isMaybeData, isWord, name, isToken };
      counts.set(name, countOf(name) + 1);
      open.push(thought);
      found.push(thought);
    } else if (kind === 'end' && open.length === 0 && !isToken) {
      found.push({ at, end, isLone: true, isMaybeData, isWord });
    } else if (kind === 'end') {
      const isNamed = countOf(name) > 0;
      for (let top = open.at(-1); top; top = open.at(-1)) {
        if (!isNamed && (isToken || top.isToken)) break;
        open.pop();
        counts.set(top.name, countOf(top.name) - 1);
        top.end = end;
        top.isWord &&= isWord && end - top.at < LINE_CHARS;
        if (isNamed && top.name === name) break;
      }
    }
    if (open.length > 0) continue;
    yield* found;
    found = [];
  }
  yield* found;
}

/**
 * Where the first closing tag from `from` on ends that closes nothing, if there is one. One that data
 * has too is only a word inside a line.
 */
export function loneEnd(raw: string, marks: readonly Mark[], from: number): number | undefined {
  for (const { at, end = at, isLone, isMaybeData } of thoughtsIn(marks, from)) {
    const isWord =
      isMaybeData &&
      /[ \t]/.test(raw.charAt(at - 1)) &&
      WORD_GOES_ON.test(raw.slice(end, end + 80));
    if (isLone && !isWord) return end;
  }
  return undefined;
}

/** After a tag: more of its line, and no other tag. */
const WORD_GOES_ON = /^[ \t]*[^\s<]/;
