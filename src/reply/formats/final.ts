/** Answers in our own tags: `<final>It is done.</final>`. */
import { withoutMarks } from '../answer-marks.ts';
import { matchAt } from '../match-at.ts';
import { malformed, type Construct } from '../reply.ts';
import { closingTag } from './xml.ts';

/** Reads the answer whose opening tag starts at `at`. It is an answer, whatever it shows. */
export function readFinal(raw: string, at: number): Construct {
  const start = matchAt(raw, at, '<final\\b[^>]*>')?.end ?? raw.length;
  const balanced = closingTag(raw, 'final', start);
  // An answer may mention the tag without closing it.
  const last = raw.slice(start).search(/<\/final\s*>\s*$/i);
  const textEnd = balanced?.at ?? (last === -1 ? raw.length : start + last);
  const text = withoutMarks(raw.slice(start, textEnd));
  const end = balanced?.end ?? raw.length;
  return {
    reply: text ? { type: 'final', text } : malformed('the <final> answer was empty'),
    end,
    // An answer that ends the reply may mention the tag that would end a thought.
    isWhole: balanced !== undefined && raw.slice(end).trim() === '',
  };
}
