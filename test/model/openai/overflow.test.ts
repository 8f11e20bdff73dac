/** A prompt that is too long, in the words of each server, with an agent on the real client. */
import { describe, expect, it } from 'vitest';
import { ModelError } from '../../../src/model/model-error.ts';
import { FORMS } from '../../support/openai/kinds.ts';
import { askAgent, logged, startAgent } from '../../support/agent.ts';
import type { ScriptedReply } from '../../support/ollama-server.ts';
import { openaiServer } from '../../support/program.ts';
import { temporaryFolder } from '../../support/workspace.ts';
import { DONE, FILES, READS } from '../../agent/on-server.ts';
import { asking, generate } from '../ollama/model-at.ts';
import { openaiAt } from './openai-at.ts';

const refused = (kind: keyof typeof FORMS): ScriptedReply => {
  const { status, body } = FORMS[kind].overflow({ prompt: 17_123, reply: 512, numCtx: 16_384 });
  return { status, body: JSON.stringify(body) };
};
const LM_STUDIO = JSON.stringify(
  FORMS['lm-studio'].overflow({ prompt: 17_123, reply: 512, numCtx: 16_384 }).body,
);

/** What is answered, and whether it tells how many tokens the whole prompt has. */
const OVERFLOWS: [what: string, reply: ScriptedReply, prompt_tokens: number | undefined][] = [
  ['llama-server', refused('llama-server'), 17_123],
  ['vLLM', refused('vllm'), undefined],
  ['SGLang', refused('sglang'), 17_123],
  ['LM Studio', refused('lm-studio'), undefined],
  ['LM Studio within a stream', { raw: [`data: ${LM_STUDIO}\n\n`] }, undefined],
  [
    'LM Studio without a word',
    { raw: ['data: {"choices":[]}\n\n', 'data: [DONE]\n\n'] },
    undefined,
  ],
  ['a server before it that takes no more', { status: 413 }, undefined],
];

describe.each(OVERFLOWS)('a prompt that is too long for %s', (_, overflow, prompt_tokens) => {
  it('is compacted and sent again, once, and the request continues', async () => {
    const server = await openaiServer([...READS, overflow, DONE]);
    const root = temporaryFolder(FILES);
    const { agent, session } = await startAgent(openaiAt(server.url), { root });
    const { end, types } = await askAgent(agent, 'Compare them.');
    expect(end).toMatchObject({ reason: 'answer', text: 'Done.' });
    expect(types.filter((type) => type === 'compacted')).toHaveLength(1);
    const [, , long = '', short = ''] = server.calls.map(({ prompt }) => prompt);
    expect(server.calls).toHaveLength(4);
    expect(short.length).toBeLessThan(long.length);
    expect(short).toContain('Compare them.');
    expect(logged(session.path).filter((type) => type === 'compaction')).toHaveLength(1);
  });

  it('has a count only where the server has counted all of it', async () => {
    const server = await openaiServer([overflow]);
    const failed = generate(openaiAt(server.url), asking('word '.repeat(2_000)));
    const failure: unknown = await failed.catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ModelError);
    expect(failure).toMatchObject({ kind: 'context_overflow', prompt_tokens });
  });
});

describe('a reply with nothing in it', () => {
  it('to a short prompt is a failure: no conversation is compacted for it', async () => {
    const nothing = { raw: ['data: {"choices":[]}\n\n', 'data: [DONE]\n\n'] };
    const server = await openaiServer([nothing]);
    const failed = generate(openaiAt(server.url), asking('Hi.'));
    await expect(failed).rejects.toMatchObject({ kind: 'protocol' });
  });
});

describe('a prompt and a reply that fill the window of a server that counts both', () => {
  it('are never sent: the room of the reply is kept free', async () => {
    const server = await openaiServer([], {
      kind: 'vllm',
      numCtx: 4_096,
      whenEmpty: ({ body }) =>
        JSON.stringify(body['messages']).includes('Result 6') ? DONE : (READS[0] ?? ''),
    });
    const root = temporaryFolder({ old: 'old words of a file\n'.repeat(300) });
    const { agent } = await startAgent(openaiAt(server.url), { root, maxSteps: 6 });
    await askAgent(agent, 'Read it again and again.').catch(() => undefined);
    expect(server.calls.length).toBeGreaterThan(2);
    expect(server.calls.every(({ evaluated }) => evaluated !== undefined)).toBe(true);
  });
});
