/** What stands around a form of a call that an answer may show, too: whether it is meant. */
import { announcesAction } from '../announcement.ts';

/** Characters before a form that are looked at. */
const LOOK_BACK_CHARS = 400;
/** What may close a form: fences, closing tags and special tokens. */
const CLOSING = /^(?:\s|`|<\/?[\w:]{1,30}>|<[|｜][^<>]{1,40}[|｜]>)*$/;
/** What opens the reply proper, or a fence or a tag around the form. */
const OPENING = /(?:^|[>\]])\s*(?:```[^\n`]{0,40}\n)?\s*$/;
/** Words of someone who explains or offers, and leaves the next step to the person. */
const HEDGE =
  /\b(?:could|would|might|may|should|examples?|e\.g|(?:this|the|following) (?:format|syntax)|such as|looks? like|like th(?:is|ese)|if you|instead of|never)\b|\?/i;
const DONE = /\b\w+ed\b/i;

/** Whether nothing but fences, tags and special tokens follows. */
export function endsReply(raw: string, end: number): boolean {
  return CLOSING.test(raw.slice(end, end + LOOK_BACK_CHARS)) && raw.length - end < LOOK_BACK_CHARS;
}

/** Whether nothing else is in the reply, apart from thoughts, fences and tags around it. */
export function isWholeReply(raw: string, start: number, end: number): boolean {
  const before = raw.slice(Math.max(0, start - LOOK_BACK_CHARS), start);
  const opens = start <= LOOK_BACK_CHARS ? OPENING : /[>\]]\s*(?:```[^\n`]{0,40}\n)?\s*$/;
  return opens.test(before) && endsReply(raw, end);
}

/** The line of words right before a form, without the fence that opens it; a thought is no words. */
function leadIn(raw: string, start: number): string {
  const before = raw.slice(Math.max(0, start - LOOK_BACK_CHARS), start);
  const words = before.replace(/```[^\n`]{0,80}\n?\s*$/, '').trimEnd();
  const line = words.slice(words.lastIndexOf('\n') + 1);
  return /^\W*thought\b/i.test(line) ? '' : line;
}

/** Whether the words before the form neither explain it nor tell of something done. */
export function isLedInto(raw: string, start: number): boolean {
  return !HEDGE.test(leadIn(raw, start));
}

/** Whether the words before the form say that the writer does it now. */
export function isAnnounced(raw: string, start: number): boolean {
  const words = leadIn(raw, start).replace(/:\s*$/, '.');
  return announcesAction(words) && !DONE.test(words.slice(-80));
}

/** Whether a code block is open here that some words introduced. */
export function isInSample(raw: string, start: number): boolean {
  const before = raw.slice(0, start);
  const fences = before.split('```').length - 1;
  return fences % 2 === 1 && /\w/.test(before.slice(0, before.lastIndexOf('```')));
}
