import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { lastTurnOf, systemOf } from '../support/conversation.ts';
import { final } from '../support/ollama-server.ts';
import { scene } from '../support/program.ts';
import { inStress } from '../support/stress.ts';
import { temporaryFolder } from '../support/workspace.ts';

const LINE = `${'a rule '.repeat(14)}\n`;

/** A configuration folder with instructions of the person's own. */
function ownInstructions(text: string): NodeJS.ProcessEnv {
  return { XDG_CONFIG_HOME: temporaryFolder({ 'mini-coding-agent/AGENTS.md': text }) };
}

describe('AGENTS.md', () => {
  it('is heard from the person, the root and the folders down to the start, as one line tells', async () => {
    const { root, server, start } = await scene([final('Hi.'), final('Ho.')], {
      'AGENTS.md': `Use tabs.\n${LINE.repeat(60)}`,
      'app/AGENTS.md': 'Use spaces.\n',
      'README.md': 'A line.\n'.repeat(150),
    });
    const { child, shows, ended } = start(['--cwd', path.join(root, 'app')], {
      env: ownInstructions('Be kind.\n'),
    });
    child.stdin.write('hello\n');
    await shows('Hi.');
    fs.writeFileSync(path.join(root, 'app/AGENTS.md'), 'Use both.\n');
    child.stdin.end('again\n');
    const { stdout, code } = await ended;
    expect(code).toBe(0);
    expect(stdout.match(/^Instructions:.*/gm)).toEqual([
      'Instructions: your own AGENTS.md, AGENTS.md (the first 41 lines), app/AGENTS.md',
    ]);
    const system = systemOf(server.calls[0]?.prompt ?? '');
    expect(system).toMatch(
      /\n- instructions from the user [^\n]*\n {2}- AGENTS.md of the user\n {4}Be kind.\n {2}- AGENTS.md\n {4}Use tabs.\n(?: {4}a rule[^\n]*\n)+ {4}\[the file continues\]\n {2}- app\/AGENTS.md\n {4}Use spaces.$/,
    );
    expect(system.match(/ {4}A line.\n/g)).toHaveLength(37);
    expect(lastTurnOf(server.calls[1]?.prompt ?? '')).toMatch(
      /^The workspace changed [^]*\n- instructions file app\/AGENTS.md is now:\n {4}Use both.\n\nRequest: again$/,
    );
  });

  inStress(
    'gets less of a smaller window, which is told; --quiet and -p tell nothing',
    async () => {
      const replies = [final('1.'), final('2.'), final('3.'), final('4.')];
      const files = { 'AGENTS.md': LINE.repeat(60) };
      const { server, run } = await scene(replies, files, { contextLength: 8192 });
      const asked = await run(['hi']);
      expect(asked.stderr.match(/.*Instructions:.*/g)).toEqual([
        'Instructions: AGENTS.md (the first 40 lines)',
        'mini-coding-agent: The model has a window of 8192 tokens. Instructions: AGENTS.md (the first 16 lines)',
      ]);
      expect(systemOf(server.calls[0]?.prompt ?? '').match(/ {4}a rule/g)).toHaveLength(16);
      const small = await run(['--num-ctx', '4096', 'hi']);
      expect(small.stderr.match(/.*Instructions:.*/g)).toEqual([
        'Instructions: AGENTS.md (the first 5 lines)',
      ]);
      expect((await run(['--quiet', 'hi'])).stderr).not.toContain('Instructions');
      expect((await run(['-p', 'hi'])).stderr).toBe('');
    },
  );
});
