/** One request whose answer goes into a pipe, as the reader of the pipe sees it. */
import { describe, expect, it } from 'vitest';
import { final, inTwoParts, toolCall } from '../support/ollama-server.ts';
import { pause } from '../support/pause.ts';
import { scene } from '../support/program.ts';
import { inStress, some } from '../support/stress.ts';

describe('an answer in a pipe', () => {
  it.each(some(1, [[['-p']], [[]]]))(
    'is written as it is made, and no words before a call (%s)',
    async (flags) => {
      const { over, goOn } = pause();
      const answer = inTwoParts('<final>One fi', over, 'le.\n</final>');
      const { start } = await scene([`I look. ${toolCall('list_files')}`, answer], { a: '' });
      const program = start([...flags, 'count']);
      program.child.stdin.end();
      await program.shows(/^One fi/);
      goOn();
      expect(await program.ended).toMatchObject({ code: 0, stdout: 'One file.\n' });
    },
  );

  it('is written as it is made in JSON, too, where the model is held to a schema', async () => {
    const { over, goOn } = pause();
    const answer = inTwoParts('{"final":"One \\"fi', over, 'le\\".\\n"}');
    const { start } = await scene(['<tool>{"name": "list_files" "args"', answer]);
    const program = start(['-p', 'count']);
    program.child.stdin.end();
    await program.shows(/^One "fi/);
    goOn();
    expect(await program.ended).toEqual({ code: 0, stdout: 'One "file".\n', stderr: '' });
  });

  inStress('waits for the check that may send it back', async () => {
    const write = toolCall('write_file', { path: 'a.txt', content: 'x' });
    const again = toolCall('write_file', { path: 'b.txt', content: 'x' });
    const { run } = await scene([write, final('Done.'), again, final('Really.')]);
    const check = ['--approval', 'auto', '--check', 'test -e b.txt'];
    const { stdout } = await run(['-p', ...check, 'write']);
    expect(stdout).toBe('Really.\n\nCheck passed.\n');
  });
});
