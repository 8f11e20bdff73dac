/** Whether a call in a form that answers show, too, is meant: what is around it tells. */
import { announcesAction } from '../announcement.ts';
import { THOUGHT_END } from '../reasoning.ts';

/** Characters before a form that are looked at. */
const LOOK_BACK_CHARS = 400;
/** What may close a form: fences, closing tags and special tokens. */
const CLOSING = /^(?:\s|`|<\/?[\w:]{1,30}>|<[|｜][^<>]{1,40}[|｜]>)*$/;
/** What comes before the reply proper, and perhaps a fence around the form. */
const OPENING = new RegExp(
  `(?:^|${THOUGHT_END}|<[|｜][^<>]{1,40}[|｜]>(?:assistant)?)\\s*(?:\`\`\`[^\\n\`]{0,40}\\s*)?$`,
  'i',
);
/** Words that explain or offer something, and leave the next step to the person. */
export const HEDGE =
  /\b(?:could|would|might|may|should|examples?|e\.g|(?:this|the|following) (?:format|syntax)|such as|looks? like|like th(?:is|ese)|if you|instead of|never)\b|\?/i;
const DONE = /\b(?!(?:need|indeed|feed)\b)\w+ed\b/i;

/** Whether nothing but fences, tags and special tokens follows. */
export function endsReply(raw: string, end: number): boolean {
  return raw.length - end < LOOK_BACK_CHARS && CLOSING.test(raw.slice(end));
}

/** Whether only a thought, special tokens and the opening of a fence come before. */
export function beginsReply(raw: string, start: number): boolean {
  const before = raw.slice(Math.max(0, start - LOOK_BACK_CHARS), start);
  // A text that was cut off has no start: the mark stands for what came before.
  return OPENING.test(start > LOOK_BACK_CHARS ? `\u0000${before}` : before);
}

/** Whether nothing else is in the reply, apart from thoughts, fences and tags around it. */
export function isWholeReply(raw: string, start: number, end: number): boolean {
  return beginsReply(raw, start) && endsReply(raw, end);
}

/** The line of words right before a form, without the fence that opens it; empty for a thought. */
function leadIn(raw: string, start: number): string {
  const before = raw.slice(Math.max(0, start - LOOK_BACK_CHARS), start);
  const words = before.replace(/```[^\n`]{0,80}\n?\s*$/, '').trimEnd();
  const line = words.slice(words.lastIndexOf('\n') + 1);
  return /^\W*thought\b/i.test(line) ? '' : line;
}

/** Whether the words before the form do not explain or offer it. */
export function isLedInto(raw: string, start: number): boolean {
  return !HEDGE.test(leadIn(raw, start));
}

/** Whether the words before the form say that the writer does it now. */
export function isAnnounced(raw: string, start: number): boolean {
  const words = leadIn(raw, start).replace(/:\s*$/, '.');
  return announcesAction(words) && !DONE.test(words.slice(-80));
}

/** Whether this is inside a code block that words introduce. */
export function isInSample(raw: string, start: number): boolean {
  const before = raw.slice(0, start);
  const fences = before.split('```').length - 1;
  return fences % 2 === 1 && /\w/.test(before.slice(0, before.lastIndexOf('```')));
}
