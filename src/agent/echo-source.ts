/** What a reply must not merely repeat: the instructions, and what was said so far. */
import { instructionsOf } from '../prompt/prefix.ts';
import type { Prompt } from '../prompt/prompt.ts';
import type { TranscriptRecord } from '../records.ts';
import type { EchoSource } from '../reply/echo.ts';
import { lastRequest, type SessionState } from '../session/state.ts';

/** @param prompt the prompt that was replied to, in a session of this state */
export function echoSourceOf(prompt: Prompt, state: Readonly<SessionState>): EchoSource {
  const said = (...types: TranscriptRecord['type'][]) =>
    state.entries.flatMap(({ record }) => {
      // An error says again what the model made up.
      const isError = record.type === 'tool' && !record.ok;
      return types.includes(record.type) && !isError ? [record.content] : [];
    });
  return {
    instructions: [...instructionsOf(prompt), ...said('notice')],
    request: lastRequest(state),
    conversation: said('user', 'heard', 'tool'),
  };
}
