import { describe, expect, it } from 'vitest';
import { final, toolCall } from '../support/ollama-server.ts';
import { scene } from '../support/program.ts';
import { inStress } from '../support/stress.ts';
import { after } from './after.ts';

describe('writing', () => {
  inStress('in the XML form keeps the content to the letter', async () => {
    const content = '\nif (a < b && "c") {\n\t<path>x</path>\n  `${d}` \\n\n}\n\n';
    const reply = `<tool name="write_file" path="deep/new.ts"><content>${content}</content></tool>`;
    const { read, told } = await after([reply]);
    expect(read('deep/new.ts')).toBe(content);
    expect(told).toContain(`wrote deep/new.ts (${content.length} chars)`);
  });

  inStress('takes a body without an element as the content', async () => {
    const { read } = await after(['<tool name="write_file" path="a.py">print("hi")\n</tool>']);
    expect(read('a.py')).toBe('print("hi")\n');
  });

  it('patches the one place where the old text occurs, to the byte', async () => {
    const patch = { path: 'a.txt', old_text: 'two\nthree', new_text: '$& 2\n3' };
    const { read, told } = await after([toolCall('patch_file', patch)], {
      'a.txt': 'one\r\ntwo\r\nthree\r\nfour\nno newline',
    });
    expect(read('a.txt')).toBe('one\r\n$& 2\r\n3\r\nfour\nno newline');
    expect(told).toContain('patched a.txt');
  });

  inStress.each([
    ['occurs twice', 'again', 'appears 2 times'],
    ['does not stand there', 'gone', 'was not found in'],
  ])('does not patch if the old text %s', async (_, old_text, says) => {
    const patch = toolCall('patch_file', { path: 'a.txt', old_text, new_text: 'x' });
    const { read, told, stderr } = await after([patch], { 'a.txt': 'again\nagain\n' }, 'y\n');
    expect(read('a.txt')).toBe('again\nagain\n');
    expect(told).toContain(says);
    expect(stderr).not.toContain('Allow');
  });
});

describe('a command', () => {
  inStress(
    'runs in the root of the repository; the model sees its code, its output and its errors',
    async () => {
      const { root, told } = await after([
        toolCall('run_shell', { command: 'pwd; echo oops >&2; exit 3' }),
      ]);
      expect(told).toContain(`\nexit_code: 3\nstdout:\n${root}\nstderr:\noops`);
    },
  );

  it('sees no secrets of the environment except those that were named', async () => {
    const command = 'echo "[$SECRET_TOKEN]" "[$NAMED_TOKEN]"';
    const { server, run } = await scene([toolCall('run_shell', { command }), final('Done.')]);
    process.env['SECRET_TOKEN'] = 'canary';
    process.env['NAMED_TOKEN'] = 'named';
    await run(['--approval', 'auto', '--env', 'NAMED_TOKEN', 'go']);
    delete process.env['SECRET_TOKEN'];
    delete process.env['NAMED_TOKEN'];
    expect(server.calls[1]?.prompt).toContain('stdout:\n[] [named]\n');
  });
});
