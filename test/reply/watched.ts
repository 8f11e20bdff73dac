/** Watches replies for their end, in pieces of any size. */
import { EndWatch, type EndedReply } from '../../src/reply/end-watch.ts';
import { parseReply } from '../../src/reply/parse.ts';
import type { Reply } from '../../src/reply/reply.ts';
import { some } from '../support/stress.ts';
import { tools } from '../support/tools.ts';
import { variedWords } from '../support/varied.ts';

/** More than is waited for behind words, or behind a text that may go on, and no loop. */
export const AND_SO_ON = variedWords(2_000);

export const SIZES = some(2, [1, 1_000_000, 3, 7]);

/** The end of a reply that comes in pieces of this size, if the model does not end it itself. */
export function endOf(reply: string, size: number): EndedReply | undefined {
  const watch = new EndWatch(tools);
  for (let at = 0; at < reply.length; at += size) {
    const ended = watch.push(reply.slice(at, at + size));
    if (ended) return ended;
  }
  return undefined;
}

/** The same for all sizes of pieces: anything else is an error. */
export function anyEndOf(reply: string): EndedReply | undefined {
  const [first, ...others] = SIZES.map((size) => endOf(reply, size));
  for (const other of others) {
    if (other?.text !== first?.text || other?.isLoop !== first?.isLoop) {
      throw new Error(`it depends on the pieces: ${first?.text.length}, ${other?.text.length}`);
    }
  }
  return first;
}

/** What a reply means, whatever follows it. */
export function meaningOf(raw: string): Reply {
  const reply = parseReply(raw, tools);
  return reply.type === 'call' ? { ...reply, ignored: '' } : reply;
}
