/** How much of the project's docs the model is shown, and which of their lines. */
import path from 'node:path';
import { head } from '../context/clip.ts';
import type { ProjectDoc } from './docs.ts';

/** The name of a file with instructions for agents. */
export const INSTRUCTIONS = 'AGENTS.md';
/** The most characters of all instructions, in the largest window. */
export const MOST_INSTRUCTIONS = 16_000;
/** The most characters of another doc, and what is left of them beside long instructions. */
export const DOC_CHARS = 1_200;
const LEAST_DOC_CHARS = 300;

/** With fewer characters, a part of a line might say the opposite. */
const LEAST_PART_CHARS = 100;

/** What follows a text that was cut. */
const CONTINUES = '[the file continues]';

/** Whether a doc is instructions. */
export function isInstructions(doc: ProjectDoc): boolean {
  return path.basename(doc.path) === INSTRUCTIONS;
}

/** Whether it is the person's own, from outside of the workspace. */
export function isOwn(doc: ProjectDoc): boolean {
  return path.isAbsolute(doc.path);
}

/**
 * The docs as far as there is room for them; each other doc gives way by a quarter of what the
 * instructions take.
 * @param room characters of all instructions together
 */
export function fitDocs(
  docs: readonly ProjectDoc[],
  room: number,
): { instructions: ProjectDoc[]; others: ProjectDoc[] } {
  const instructions = shareRoom(docs.filter(isInstructions), room);
  const taken = instructions.reduce((sum, { text }) => sum + text.length, 0);
  const most = Math.max(LEAST_DOC_CHARS, DOC_CHARS - taken / 4);
  const others = docs.filter((doc) => !isInstructions(doc));
  return { instructions, others: others.map((doc) => cut(doc, most)) };
}

/**
 * Instructions, the nearest of which come last and count most: each may take half of the room that is
 * left, or what those before it leave.
 */
export function shareRoom(instructions: readonly ProjectDoc[], room: number): ProjectDoc[] {
  let left = room;
  let waiting = instructions.reduce((sum, { text }) => sum + text.length, 0);
  const shared = instructions.toReversed().map((doc) => {
    waiting -= doc.text.length;
    const fitting = cut(doc, Math.max(left / 2, left - waiting));
    left -= withoutNote(fitting.text).length;
    return fitting;
  });
  return shared.toReversed();
}

const cut = (doc: ProjectDoc, most: number) => ({ ...doc, text: cutAtLine(doc.text, most) });

/**
 * The lines that fit `most` characters, with a note if the file continues; of a first line that is too
 * long alone, its beginning.
 */
export function cutAtLine(text: string, most: number): string {
  if (withoutNote(text).length <= most) return text;
  const start = head(text, most);
  const end = text[start.length] === '\n' ? start.length : start.lastIndexOf('\n');
  const kept = end !== -1 ? start.slice(0, end) : start.length >= LEAST_PART_CHARS ? start : '';
  return kept.trim() === '' ? CONTINUES : `${kept.trimEnd()}\n${CONTINUES}`;
}

/** How the person is told which part of a doc that is: undefined if it is all of it. */
export function partOf({ text }: ProjectDoc): string | undefined {
  if (!text.endsWith(CONTINUES)) return undefined;
  const shown = withoutNote(text);
  if (shown === '') return 'no room for it';
  const lines = shown.split('\n').length;
  return lines === 1 ? 'its beginning' : `the first ${lines} lines`;
}

function withoutNote(text: string): string {
  return text.endsWith(CONTINUES) ? text.slice(0, -CONTINUES.length).trimEnd() : text;
}
