import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { transcriptOf } from '../support/conversation.ts';
import { final, toolCall } from '../support/ollama-server.ts';
import { scene } from '../support/program.ts';
import { inStress } from '../support/stress.ts';
import { after } from './after.ts';

describe('the gate', () => {
  it('refuses what cannot work, with an explanation, and asks about what can', async () => {
    const refused: [name: string, args: Record<string, unknown>, says: string][] = [
      ['remove_file', { path: 'a' }, 'there is no tool remove_file'],
      ['constructor', {}, 'there is no tool constructor'],
      ['write_file', { path: 'a' }, 'content is missing'],
      ['run_shell', { command: ' ' }, 'command: it must not be empty'],
      ['write_file', { path: 'a', content: null }, 'content: '],
      [
        'run_shell',
        { command: 'ls', timeout: 121 },
        'timeout: it is in seconds and must be at most 120',
      ],
      ['write_file', { path: '../a', content: '' }, 'outside the workspace'],
    ];
    const calls = refused.map(([name, args]) => toolCall(name, args));
    const valid = toolCall('write_file', { path: 'a', content: '' });
    // Six refused ones in a row would end the request.
    const { told, stderr, root } = await after(calls.toSpliced(4, 0, valid), {}, 'y\n');
    const results = transcriptOf(told)
      .split(/^\[user\] Result of /m)
      .slice(1);
    expect(results.splice(4, 1)).toEqual([expect.stringMatching(/^write_file:\nwrote /)]);
    expect(results).toHaveLength(calls.length);
    for (const [at, [name, , says]] of refused.entries()) {
      expect(results[at]).toMatch(new RegExp(`^${name}:\nerror: .*${says}`));
    }
    expect(stderr.match(/Allow .*\[y\/N[/abe]*\]/g)).toHaveLength(1);
    expect(fs.existsSync(path.join(root, 'a'))).toBe(true);
  });

  inStress(
    'refuses the third identical call in a row, but not one of a later request',
    async () => {
      const [list, search] = [toolCall('list_files'), toolCall('search', { pattern: 'x' })];
      const first = [list, list, search, list, list, list, final('One.')];
      const { server, run } = await scene([...first, list, list, final('Two.')]);
      await run(['--max-steps', '9'], 'first\nsecond\n');
      const prompt = transcriptOf(server.calls.at(-1)?.prompt ?? '');
      expect(prompt.match(/Result of list_files:/g)).toHaveLength(7);
      expect(prompt.match(/error: /g)).toHaveLength(1);
      expect(prompt).toContain('error: you made this list_files call twice already');
    },
  );

  inStress.each([
    ['of a tool that there is not', toolCall('license', { of: 'x' }), 'there is no tool license'],
    ['with arguments that are wrong', toolCall('read_file', { path: 'none' }), 'invalid arguments'],
  ])('refuses the third identical call in a row %s too', async (_, call, says) => {
    const { told } = await after([call, call, call]);
    const [first, second, third] = transcriptOf(told).match(/^error: .*/gm) ?? [];
    expect(first).toContain(says);
    expect(second).toBe(first);
    expect(third).toMatch(/^error: you made this \w+ call twice already; /);
  });

  inStress('runs one call of a reply, and drops the rest of the reply', async () => {
    const [a, b] = ['a', 'b'].map((name) => toolCall('write_file', { path: name, content: '' }));
    const { root, told } = await after([`${a}\n[F] imagined\n${b}`]);
    expect(fs.readdirSync(root)).toContain('a');
    expect(fs.readdirSync(root)).not.toContain('b');
    expect(transcriptOf(told)).toContain(`[assistant] ${a}\n[user] Result of write_file:`);
    expect(told).not.toContain('imagined');
  });
});

describe('nothing runs that the model did not mean to call:', () => {
  inStress('not a call that was drafted before a lone end of a thought', async () => {
    const touch = toolCall('run_shell', { command: 'touch drafted' });
    const reply = `I think maybe ${touch}\nNo wait, I must not.\n</think>\n${final('I will not.')}`;
    const { root, server, run } = await scene([reply]);
    const { stdout } = await run(['--approval', 'auto', '-p', 'go']);
    expect(stdout).toBe('I will not.\n');
    expect(fs.readdirSync(root)).not.toContain('drafted');
    expect(server.calls).toHaveLength(1);
  });

  inStress('and no file is cut where its content contains the end of a call', async () => {
    const content = '# Protocol\nA call ends by\n</content></tool>\nThen the agent waits.\n';
    const reply = `<tool name="write_file" path="doc.md"><content>${content}</content></tool>`;
    const { read } = await after([reply]);
    expect(read('doc.md')).toBe(content);
  });
});
