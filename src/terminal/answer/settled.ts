/** How much of a Markdown text that is still arriving will certainly look the same later. */
import type { MarkedToken, Token } from 'marked';
import { OPEN_ENTITY } from './entities.ts';

/** What the text ends with: code and tables have their own rules. */
type Leaf = 'code' | 'table' | 'text';

/** The kind of the last block, however deep it is in lists and quotations. */
export function lastLeaf(tokens: readonly Token[]): Leaf {
  const last = tokens.at(-1) as MarkedToken | undefined;
  if (last?.type === 'list') return lastLeaf(last.items.at(-1)?.tokens ?? []);
  if (last?.type === 'blockquote') return lastLeaf(last.tokens);
  return last?.type === 'code' || last?.type === 'table' ? last.type : 'text';
}

/** How far a text is settled. */
interface Settled {
  /** The text up to here looks the same whatever follows. */
  end: number;
  /** Where a mark such as `**` waits for its other half; undefined where none does. */
  openMark: number | undefined;
}

/** A line that could still become anything: a list, a rule, a fence. */
const UNDECIDED = /^(?:[-*+_=~`#|\s]*|\d{1,9}[.)]?)$|^(?:`{3}|~{3})/;
/** The start of a new block: marks before it do not affect what follows. */
const BLOCK_START = /^\s*(?:[-*+]\s|\d{1,9}[.)]\s|#{1,6}\s|>|\n)/;
/** What could be a row of a table. */
const TABLE_ROW = /^[\s>]*\||\s\|(?:\s|$)/;
/** Where a word has ended: at whitespace, and after letters of scripts that use none. */
const WORD_END = /\s+\S*$|(?<=[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])[^\s]?$/u;
/** The start of a word is looked for no further back than this. */
const WORD_CHARS = 1_000;
/** More characters than an entity has. */
const ENTITY_CHARS = 16;

/**
 * How far the text is settled: code by whole lines, a table only once it is complete.
 * @param isPaused nothing arrived for a while: what may be half a word counts as a word
 */
export function settle(text: string, leaf: Leaf, isPaused = false): Settled {
  if (leaf === 'code') return { end: text.lastIndexOf('\n') + 1, openMark: undefined };
  if (leaf === 'table') return { end: lineStartBefore(text, /^[\s>]*\n/), openMark: undefined };
  const start = lineStartBefore(text, BLOCK_START);
  let end = tableStart(text) ?? text.length;
  for (;;) {
    end = lastWordEnd(text, end, isPaused && end === text.length);
    const mark = findOpenMark(text, start, end);
    if (mark === undefined) return { end, openMark: findOpenMark(text, start, text.length) };
    end = mark;
  }
}

/** Where the last word before `end` ends, on a line whose kind is known. */
function lastWordEnd(text: string, end: number, isAnyEnd: boolean): number {
  const lineStart = text.lastIndexOf('\n', end - 1) + 1;
  const from = Math.max(lineStart, end - WORD_CHARS);
  const anyEnd = end - (/[\u200c\u200d]*$/.exec(text.slice(from, end))?.[0].length ?? 0);
  const wordEnd = isAnyEnd ? anyEnd : from + (WORD_END.exec(text.slice(from, end))?.index ?? 0);
  return isUndecided(text.slice(lineStart, wordEnd)) ? lineStart : wordEnd;
}

/** Trims whitespace first: one pattern for all would backtrack over every way to divide it. */
function isUndecided(line: string): boolean {
  return UNDECIDED.test(line.replace(/^[\s>]+/, '').trimEnd());
}

/** The start of the last line that matches, or of the text. */
function lineStartBefore(text: string, pattern: RegExp): number {
  for (let end = text.length; ;) {
    const start = end === 0 ? 0 : text.lastIndexOf('\n', end - 1) + 1;
    if (start === 0 || pattern.test(text.slice(start, end + 1))) return start;
    end = start - 1;
  }
}

/** The start of what may still become a table at the end of the text. */
function tableStart(text: string): number | undefined {
  let start: number | undefined;
  let rows = 0;
  for (let end = text.length; end >= 0; rows++) {
    const lineStart = text.lastIndexOf('\n', end - 1) + 1;
    const line = text.slice(lineStart, end);
    if (!TABLE_ROW.test(line) && !(rows === 0 && line === '')) break;
    start = lineStart;
    end = lineStart - 1;
  }
  // Two whole lines are enough to recognize a table.
  return rows < 3 ? start : undefined;
}

interface OpenMark {
  at: number;
  character: string;
  count: number;
}

/** The first mark from `start` on that is not closed before `end`. */
function findOpenMark(text: string, start: number, end: number): number | undefined {
  const open: OpenMark[] = [];
  for (let at = start; at < end;) {
    const next = endOfMark(text, at, open);
    if (next === undefined || next > end) return open[0]?.at ?? at;
    at = next;
  }
  return open[0]?.at;
}

/** Skips what is at `at`; undefined where it is incomplete. */
function endOfMark(text: string, at: number, open: OpenMark[]): number | undefined {
  const character = text[at] ?? '';
  switch (character) {
    case '\\':
      // Before a newline it escapes, too, once something follows.
      return text[at + 1] === '\n' && at + 2 === text.length ? undefined : at + 2;
    case '`': {
      const { length } = runAt(text, at);
      const rest = text.slice(at + length);
      const close = new RegExp(`(?<!\`)\`{${length}}(?!\`)`).exec(rest);
      return close ? at + length + close.index + length : undefined;
    }
    case '*':
    case '_':
    case '~':
      return emphasis(text, at, open);
    case '[':
      return endOfLink(text, at);
    case '&':
      return OPEN_ENTITY.test(text.slice(at, at + ENTITY_CHARS)) ? undefined : at + 1;
    case '<':
      return /^<[a-z]/i.test(text.slice(at, at + 2)) ? endOfAddress(text, at) : at + 1;
    default:
      return at + 1;
  }
}

function runAt(text: string, at: number): string {
  let end = at;
  while (text[end] === text[at]) end++;
  return text.slice(at, end);
}

/** Closes open marks or opens one, depending on the characters on both sides. */
function emphasis(text: string, at: number, open: OpenMark[]): number | undefined {
  const { length } = runAt(text, at);
  const [before = ' ', character = '', after] = [text[at - 1], text[at], text[at + length]];
  if (after === undefined) return undefined;
  const isInWord = character === '_' && /\w/.test(before) && /\w/.test(after);
  if (isInWord || (character === '~' && length === 1)) return at + length;
  let count = length;
  while (count > 0 && /\S/.test(before)) {
    const index = open.findLastIndex((mark) => mark.character === character);
    const mark = open[index];
    if (!mark) break;
    const used = Math.min(mark.count, count);
    count -= used;
    mark.count -= used;
    open.length = mark.count === 0 ? index : index + 1;
  }
  if (count > 0 && /\S/.test(after)) open.push({ at, character, count });
  return at + length;
}

function endOfLink(text: string, at: number): number | undefined {
  const close = text.indexOf(']', at);
  if (close === -1 || close + 1 === text.length) return undefined;
  if (text[close + 1] !== '(') return at + 1;
  const end = text.indexOf(')', close);
  return end === -1 ? undefined : end + 1;
}

function endOfAddress(text: string, at: number): number | undefined {
  const end = /[\s>]/.exec(text.slice(at));
  return end ? at + end.index : undefined;
}
