/** Takes the thought off the beginning of a reply: later prompts go without it. */
import { marksIn, thoughtsIn } from './reasoning.ts';

/** What a reply begins with for the model itself, without its tags, and the rest. */
interface SplitReply {
  thought: string;
  text: string;
}

/**
 * Splits a raw reply. Only tags that no data has make a thought here, and one that nothing closes is
 * all of the reply. An empty one is taken off, too.
 */
export function splitThought(raw: string): SplitReply {
  const marks = marksIn(raw);
  let end = 0;
  const thoughts: string[] = [];
  for (const thought of thoughtsIn(marks, 0)) {
    if (thought.at < end) continue; // it is inside the one before
    if (thought.isLone || thought.isMaybeData || raw.slice(end, thought.at).trim() !== '') break;
    const begun = marks.find(({ at }) => at === thought.at)?.end ?? thought.at;
    const closed = marks.findLast((mark) => mark.end === thought.end)?.at ?? raw.length;
    thoughts.push(raw.slice(begun, closed).trim());
    end = thought.end ?? raw.length;
  }
  const thought = thoughts.filter((each) => each !== '').join('\n\n');
  return { thought, text: end === 0 ? raw : raw.slice(end).trimStart() };
}
