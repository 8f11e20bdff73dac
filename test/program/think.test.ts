import { describe, expect, it } from 'vitest';
import { final, toolCall, type GenerateCall } from '../support/ollama-server.ts';
import { scene } from '../support/program.ts';
import { inStress } from '../support/stress.ts';
import { onlySessionIn, sessionsIn } from './session-files.ts';

/** What a Qwen generates after a prompt that has opened its thought. */
const after = (thought: string, reply: string) => `${thought}\n</think>\n\n${reply}`;
const fields = (calls: readonly GenerateCall[]) => calls.map(({ body }) => body['think']);

describe('thinking', () => {
  it('is asked for by --think, its delegates included, and -p prints the answer alone', async () => {
    const { root, server, run } = await scene([
      after('Somebody else may look.', toolCall('delegate', { task: 'Look.' })),
      after('I look.', final('I saw.')),
      after('So be it.', final('It is so.')),
    ]);
    const result = await run(['-p', '--think', 'on', '--think-budget', '200', 'go']);
    expect(result).toEqual({ code: 0, stdout: 'It is so.\n', stderr: '' });
    expect(fields(server.calls)).toEqual([true, true, true]);
    const options = server.calls.map(({ body }) => body['options']);
    expect(options).toEqual(options.map(() => expect.objectContaining({ num_predict: 712 })));
    const thoughts = sessionsIn(root).flatMap(({ records }) =>
      records.flatMap(({ thought }) => thought ?? []),
    );
    expect(thoughts.toSorted()).toEqual(['I look.', 'So be it.', 'Somebody else may look.']);
  });

  it('is switched by /think for all that follows, and stays with a session that is resumed', async () => {
    const script = [
      final('One.'),
      after('Hm.', final('Two.')),
      final('Three.'),
      after('Well.', final('Four.')),
    ];
    const { root, server, run } = await scene(script);
    const { stdout } = await run(
      [],
      '/think\none\n/think maybe\n/think ON\ntwo\n/context\n/think off\nthree\n',
    );
    expect(stdout).toContain('Thinking is off.\n');
    expect(stdout).toContain('Usage: /think [off|on|low|medium|high]\nThinking is off.\n');
    expect(stdout).toContain('Thinking is now on, at most 1024 tokens a reply.\n');
    expect(stdout).toMatch(/• thought for \S+ s · ~\d+ tokens\nTwo\.\n/);
    expect(stdout).toMatch(/^ {2}thought .* 1024$/m);
    await run(['-c', '--think', 'on', 'four']);
    expect(fields(server.calls)).toEqual([false, true, false, true]);
    // One epoch serves all: the prompts differ only where the reply begins.
    const { records } = onlySessionIn(root);
    expect(records.filter(({ type }) => type === 'epoch')).toHaveLength(1);
    expect(server.calls[3]?.prompt).not.toContain('Hm.');
  });

  inStress(
    'is left out for a model without it, which is told once, and again of another',
    async () => {
      const { server, run } = await scene(
        [final('One.'), final('Two.'), final('Three.')],
        {},
        { template: 'chatml', models: ['qwen3.5:4b', 'other:1b'] },
      );
      const { stdout } = await run(['--think', 'high'], 'one\ntwo\n/model other:1b\nthree\n');
      const told = [...stdout.matchAll(/^! (.*) cannot think; it replies without$/gm)];
      expect(told.map(([, name]) => name)).toEqual(['qwen3.5:4b', 'other:1b']);
      expect(fields(server.calls)).toEqual([undefined, undefined, undefined]);
    },
  );

  it('has lines of its own in stream-json', async () => {
    const { run } = await scene(
      [after('One. Two. Three.', final('Yes.'))],
      {},
      { takesThoughts: true, charsPerToken: 4 },
    );
    const { stdout } = await run(['--output-format', 'stream-json', '--think', 'on', 'go']);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map(
        (line) =>
          JSON.parse(line) as { type: string; text?: string; raw?: string; usage?: unknown },
      );
    const joined = (type: string, key: 'text' | 'raw') =>
      lines.flatMap((line) => (line.type === type ? [line[key] ?? ''] : [])).join('');
    expect(joined('thought', 'text')).toBe('One. Two. Three.');
    expect(joined('model_delta', 'raw')).toBe(final('Yes.'));
    expect(lines.find(({ type }) => type === 'model_end')?.usage).toMatchObject({
      thought_tokens: expect.any(Number),
    });
  });
});
