import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { lastTurnOf } from '../support/conversation.ts';
import { tellsCaseApart } from '../support/disk.ts';
import { final, toolCall } from '../support/ollama-server.ts';
import { scene } from '../support/program.ts';

const NFC = 'caf\u00e9.txt';
const NFD = 'cafe\u0301.txt';

it.skipIf(!tellsCaseApart)(
  'a file that the model spells in another way is read, shown, edited and undone by its own name',
  async () => {
    const files = { 'README.md': 'read me\n', [NFD]: 'a fig\n', 'src/a.ts': 'call(one)\n' };
    const replies = [
      toolCall('read_file', { path: 'readme.md' }),
      toolCall('search', { pattern: 'call(', path: 'SRC' }),
      toolCall('write_file', { path: 'readme.md', content: 'gone\n' }),
      toolCall('read_file', { path: 'a.ts' }),
      toolCall('patch_file', { path: NFC, old_text: 'fig', new_text: 'plum' }),
      final('Done.'),
    ];
    const { root, server, run } = await scene(replies, files);
    const { code, stdout, stderr } = await run([], `patch @${NFC}\ny\n/diff\n/undo\n`);
    expect(code).toBe(0);
    const told = server.calls.map(({ prompt }) => lastTurnOf(prompt));
    expect(told[0]).toContain(`patch ${NFD}`);
    expect(told[1]).toContain('# README.md\n   1: read me');
    expect(told[2]).toContain('src/a.ts:1:call(one)\n(searched as plain text: ');
    expect(told[3]).toContain('readme.md differs from what is there only in case: use README.md');
    expect(told[4]).toContain('there is no file a.ts, did you mean src/a.ts?');
    expect(told[5]).toContain(`patched ${NFD}`);
    const shown = stdout + stderr;
    expect(shown).toContain('read README.md · 1 line');
    expect(shown).toContain('searched "call(" in SRC · 1 match as plain text');
    expect(shown).toContain(`Allow patch_file ${NFD}?`);
    expect(shown).toContain(`--- a/${NFD}`);
    expect(shown).toContain(`${NFD}: restored`);
    expect(fs.readFileSync(path.join(root, NFD), 'utf8')).toBe('a fig\n');
    expect(fs.readdirSync(root).toSorted()).toContain('README.md');
    expect(fs.existsSync(path.join(root, 'readme.md'))).toBe(false);
  },
);
