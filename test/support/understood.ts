/** How a reply of the corpus is understood, against what a reader of it would say. */
import { isDeepStrictEqual } from 'node:util';
import { parseReply } from '../../src/reply/parse.ts';
import type { CorpusReply, OriginalOutcome, Outcome } from '../fixtures/replies/corpus-reply.ts';
import { isAccepted, preparedArgs, tools } from './tools.ts';

/** What the parser makes of it. A call that its tool refuses does not run: it is asked for again. */
export function understood({ raw, cutOff, outcome }: CorpusReply): OriginalOutcome {
  const reply = parseReply(raw, tools, cutOff);
  switch (reply.type) {
    case 'malformed':
      return outcome.type === 'malformed' ? 'right' : 'asks again';
    case 'final':
      return outcome.type === 'final' && outcome.text === reply.text ? 'right' : 'wrong answer';
    case 'call':
      if (isSameCall(reply, outcome)) return 'right';
      if (isAccepted(reply.name, reply.args)) return 'wrong call';
      return outcome.type === 'malformed' ? 'right' : 'asks again';
  }
}

/** Whether it is the call that was meant, in the arguments that its tool would get. */
export function isSameCall(
  reply: { name: string; args: Record<string, unknown> },
  outcome: Outcome,
): boolean {
  return (
    outcome.type === 'call' &&
    outcome.name === reply.name &&
    isDeepStrictEqual(comparable(reply.name, reply.args), comparable(reply.name, outcome.args))
  );
}

/** A newline that ends both texts of a patch of whole lines changes nothing. */
function comparable(name: string, args: Record<string, unknown>): Record<string, unknown> {
  const prepared = preparedArgs(name, args);
  const { old_text, new_text } = prepared;
  if (typeof old_text !== 'string' || typeof new_text !== 'string') return prepared;
  if (!old_text.endsWith('\n') || !new_text.endsWith('\n')) return prepared;
  return { ...prepared, old_text: old_text.slice(0, -1), new_text: new_text.slice(0, -1) };
}
