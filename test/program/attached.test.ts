import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { lastTurnOf, transcriptOf } from '../support/conversation.ts';
import { final, toolCall } from '../support/ollama-server.ts';
import { scene } from '../support/program.ts';
import { inStress } from '../support/stress.ts';

const attachedIn = (stderr: string) => stderr.match(/^• (?:attached|by name).*/gm);

describe('@file', () => {
  it('gives the content with the request, which counts as read, also when resumed', async () => {
    const write = toolCall('write_file', { path: 'src/a.js', content: 'three\n' });
    const { root, server, run } = await scene(
      [write, final('Written.'), final('It is.'), toolCall('read_file', { path: 'x' })],
      { 'src/a.js': 'one\r\ntwo\n', 'empty.txt': '' },
    );
    const first = await run(['--approval', 'auto', 'rewrite @src/a.js, as', '@empty.txt']);
    expect(first.code).toBe(0);
    expect(attachedIn(first.stderr)).toEqual([
      '• attached src/a.js (2 lines), empty.txt (0 lines)',
    ]);
    expect(lastTurnOf(server.calls[0]?.prompt ?? '')).toBe(
      'Request: rewrite src/a.js, as empty.txt\n\n' +
        'The user attached this file:\n# src/a.js\n   1: one\n   2: two\n\n' +
        'The user attached this file:\n# empty.txt\n(the file is empty)',
    );
    // Without a read, the whole file could not be replaced at once.
    expect(fs.readFileSync(path.join(root, 'src/a.js'), 'utf8')).toMatch(/^three\r?\n$/);
    fs.writeFileSync(path.join(root, 'src/a.js'), 'one\r\ntwo\n');
    const again = await run(['-c', 'what is in @src/a.js?']);
    expect(attachedIn(again.stderr)).toEqual(['• by name: src/a.js (read before)']);
    const resumed = server.calls[2]?.prompt ?? '';
    expect(resumed.startsWith(server.calls[1]?.prompt ?? '-')).toBe(true);
    expect(lastTurnOf(resumed)).toMatch(/(^|Request: )what is in src\/a\.js\?$/);
  });

  inStress(
    'names what is no text file, or too large for the window, and says which and why',
    async () => {
      const { root, server, run } = await scene([final('1.'), final('2.')], {
        'docs/a.md': 'x\n',
        'a.png': 'PNG\0',
        'min.js': 'x'.repeat(1_500),
        'half.txt': `${'a line of text\n'.repeat(45)}`,
        'big.txt': 'a line of text\n'.repeat(400),
      });
      execFileSync('mkfifo', [path.join(root, 'pipe')]);
      const request = 'see @docs @a.png @min.js @half.txt @big.txt @pipe @gone @half.txt';
      const { stderr } = await run([request]);
      expect(attachedIn(stderr)).toEqual([
        '• attached half.txt (45 lines); by name: docs (folder), a.png (binary), min.js (too large), ' +
          'big.txt (too large), pipe (unreadable)',
      ]);
      expect(transcriptOf(server.calls[0]?.prompt ?? '')).toContain(
        '[user] Request: see docs a.png min.js half.txt big.txt pipe @gone half.txt\n\nThe user attached',
      );
      const small = await run(['--num-ctx', '4096', 'see @half.txt']);
      expect(attachedIn(small.stderr)).toEqual(['• by name: half.txt (too large)']);
      expect(lastTurnOf(server.calls[1]?.prompt ?? '')).toBe('see half.txt');
    },
  );

  inStress('gives as many files as two results have room for', async () => {
    const files = Object.fromEntries(
      [...'abc'].map((name) => [name, 'a line of text\n'.repeat(150)]),
    );
    const { run } = await scene([final('1.')], files);
    const { stdout } = await run(['--output-format', 'stream-json', 'see @a, @b and @c']);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(lines[1]).toEqual({
      type: 'attached',
      files: [
        { path: 'a', lines: 150 },
        { path: 'b', lines: 150 },
        { path: 'c', why: 'too large' },
      ],
    });
  });
});
