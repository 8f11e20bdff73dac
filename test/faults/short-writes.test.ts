import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { onlySessionIn, sessionsIn } from '../program/session-files.ts';
import { final, toolCall } from '../support/ollama-server.ts';
import { transcriptOf } from '../support/conversation.ts';
import { BIN, runProgram, scene, scriptedServer, type How } from '../support/program.ts';
import { inStress, some } from '../support/stress.ts';
import { git, temporaryFolder } from '../support/workspace.ts';
import { readLog } from '../support/session.ts';
import { variedWord } from '../support/varied.ts';

/** No file may grow beyond these KiB: a write across the limit is cut short. */
const limited = (kib: number): How => ({
  under: ['bash', '-c', `ulimit -f ${kib}; exec "$@"`, 'bash'],
});

/** Text without the repetition of a model in a loop. */
/** Words that do not repeat themselves, as those of an answer. */
const words = (times: number) =>
  Array.from({ length: times }, (_, index) => variedWord(index)).join(' ');
const counted = (times: number, word: string) =>
  Array.from({ length: times }, (_, at) => `${at} ${word}`).join('');

const ONE_WARNING = /^mini-coding-agent: This session can(?:not| no longer) be saved to [^\n]*\n$/;

const sessionFolder = (root: string) => path.join(root, '.mini-coding-agent/sessions');

/** The records in the log; every line must be whole. */
function wholeLog(root: string) {
  const { path: file } = onlySessionIn(root);
  const { torn, corrupt, records } = readLog(file);
  expect({ torn, corrupt }).toEqual({ torn: false, corrupt: 0 });
  return records;
}

describe('a session whose writes are cut short', () => {
  it.each(some(1, [3, 1, 5, 8]))(
    'at %i KiB warns once and continues in memory; what was saved is whole',
    async (kib) => {
      const answers = [0, 1, 2, 3, 4].map((index) => `${index} ${words(400)} end`);
      const { root, server, run } = await scene(answers.map(final));
      const requests = answers.map((_, index) => `request ${index}\n`).join('');
      const { code, stdout, stderr } = await run([], requests, limited(kib));
      expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(ONE_WARNING) });
      for (const answer of answers) expect(stdout).toContain(`\n${answer}\n`);
      const transcript = transcriptOf(server.calls.at(-1)?.prompt ?? '');
      expect(transcript).toMatch(/^\[user\] request 0\n.*\[user\] request 3\n.*request 4$/s);

      const saved = wholeLog(root).filter(({ type }) => type === 'user').length;
      expect(saved).toBeLessThan(5);
      expect(fs.readdirSync(sessionFolder(root))).toHaveLength(1); // no lock is left
      server.push(final('Gone on.'));
      expect(await run(['-c', 'more'])).toMatchObject({ code: 0, stderr: '' });
      const resumed = transcriptOf(server.calls.at(-1)?.prompt ?? '');
      expect(resumed.match(/request \d/g)).toHaveLength(saved);
    },
  );

  inStress.each([1, 0])(
    'in the first line (%i KiB) leaves nothing behind that looks like a session',
    async (kib) => {
      const { root, server, run } = await scene([final('Hello.')]);
      const { code, stdout, stderr } = await run(['hi '.repeat(700)], '', limited(kib));
      expect({ code, stdout }).toEqual({ code: 0, stdout: 'Hello.\n' });
      expect(stderr).toMatch(ONE_WARNING);
      expect(sessionsIn(root).flatMap(({ records }) => records)).toEqual([]);
      for (const name of fs.readdirSync(sessionFolder(root))) {
        expect(fs.statSync(path.join(sessionFolder(root), name)).size, name).toBe(0);
      }
      server.push(final('Hello again.'));
      const again = await run(['-c', 'hi']);
      expect(again).toMatchObject({ code: 0, stdout: 'Hello again.\n' });
      expect(again.stderr).toContain('No session to resume');
    },
  );
});

describe('a tool whose write is cut short', () => {
  const old = `old text\n${counted(6_000, 'line\n')}`;

  it('reports an error to the model, and the old file stays', async () => {
    const replies = [
      toolCall('patch_file', { path: 'a.txt', old_text: 'old text', new_text: 'new text' }),
      toolCall('run_shell', { command: 'cat a.txt a.txt > b.txt' }),
      toolCall('write_file', { path: 'small.txt', content: 'small' }),
      final('Done.'),
    ];
    const { root, server, run } = await scene(replies, { 'a.txt': old });
    const { code, stderr } = await run(['--approval', 'auto', 'go'], '', limited(32));
    expect(code).toBe(0);
    expect(stderr).not.toContain('can no longer be saved');
    const results = server.calls.at(-1)?.prompt ?? '';
    expect(results).toContain('error: patch_file failed: EFBIG');
    expect(results).toContain('wrote small.txt');
    expect(fs.readFileSync(path.join(root, 'a.txt'), 'utf8')).toBe(old);
    expect(fs.readdirSync(root).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    expect(wholeLog(root).filter(({ type }) => type === 'tool')).toHaveLength(3);
  });

  inStress('and whose call is too large for the log causes only one warning', async () => {
    const write = toolCall('write_file', { path: 'b.txt', content: old });
    const { root, server, run } = await scene([write, final('Done.')], { 'a.txt': old });
    const { code, stdout, stderr } = await run(['-p', '--approval', 'auto', 'go'], '', limited(32));
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Done.\n' });
    expect(stderr).toMatch(ONE_WARNING);
    expect(server.calls.at(-1)?.prompt).toContain('error: write_file failed: EFBIG');
    expect(fs.readFileSync(path.join(root, 'a.txt'), 'utf8')).toBe(old);
    expect(fs.readdirSync(root).toSorted()).toEqual(['.git', '.mini-coding-agent', 'a.txt']);
    expect(wholeLog(root).map(({ type }) => type)).toEqual(['user', 'epoch']);
  });
});

/** Root may write everywhere: then the program runs as another user, if that user can read it. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
const canBeNobody =
  isRoot && spawnSync(process.execPath, [BIN, '--version'], { uid: NOBODY }).status === 0;

/** Gives the folder to the user that the program will run as, and returns how to run it. */
function unprivileged(root: string): How {
  if (!isRoot) return {};
  execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, root]);
  return { uid: NOBODY, env: { HOME: root } };
}

describe.skipIf(isRoot && !canBeNobody)('a folder that is not writable', () => {
  function closed(folder: string): void {
    fs.chmodSync(folder, 0o555);
    onTestFinished(() => fs.chmodSync(folder, 0o755));
  }

  it.each(some(1, ['.mini-coding-agent/sessions', '.mini-coding-agent', '.']))(
    '(%s) causes one warning, and the conversation continues in memory',
    async (name) => {
      const { root, server, run } = await scene([final('One.'), final('Two.')]);
      fs.mkdirSync(path.join(root, name), { recursive: true });
      const how = unprivileged(root);
      closed(path.join(root, name));
      const { code, stdout, stderr } = await run([], 'first\nsecond\n', how);
      expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(ONE_WARNING) });
      expect(stdout).toContain('\nTwo.\n');
      expect(transcriptOf(server.calls[1]?.prompt ?? '')).toBe(
        '[user] first\n[assistant] <final>One.</final>\n[user] second',
      );
      expect(sessionsIn(root)).toEqual([]);
    },
  );

  inStress('and contains a session is clearly refused for a resume', async () => {
    const { root, run } = await scene([final('One.')]);
    const how = unprivileged(root);
    await run(['first'], '', how);
    const { id, path: file } = onlySessionIn(root);
    const before = fs.readFileSync(file);
    closed(sessionFolder(root));
    const { code, stdout, stderr } = await run(['-c', 'second'], '', how);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^mini-coding-agent: [^\n]*\n$/);
    expect(stderr).toContain(`${id}.lock cannot be written (EACCES). Make its folder writable`);
    expect(fs.readFileSync(file)).toEqual(before);
  });

  inStress(
    'since the session began keeps the session as it is; the lock left behind is stale',
    async () => {
      const { root, server, run, start } = await scene([final('One.'), final('Two.')]);
      const how = unprivileged(root);
      const program = start([], how);
      program.child.stdin.write('first\n');
      await program.shows('One.');
      closed(sessionFolder(root));
      program.child.stdin.end('second\n');
      expect(await program.ended).toMatchObject({ code: 0, stderr: '' }); // the file itself is open
      expect(wholeLog(root).filter(({ type }) => type === 'user')).toHaveLength(2);
      expect(fs.readdirSync(sessionFolder(root))).toHaveLength(2);
      fs.chmodSync(sessionFolder(root), 0o700);
      server.push(final('Three.'));
      expect(await run(['-c', 'third'], '', how)).toMatchObject({ code: 0, stderr: '' });
    },
  );
});

describe('a session folder that disappears', () => {
  it('in the middle causes one warning, and the conversation continues in memory', async () => {
    const { root, server, start } = await scene(['One.', 'Two.', 'Three.'].map(final));
    const program = start([]);
    program.child.stdin.write('first\n');
    await program.shows('One.');
    fs.rmSync(path.join(root, '.mini-coding-agent'), { recursive: true });
    program.child.stdin.end('second\nthird\n');
    const { code, stdout, stderr } = await program.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(ONE_WARNING) });
    expect(stdout).toContain('\nThree.\n');
    expect(transcriptOf(server.calls[2]?.prompt ?? '')).toMatch(
      /One\.<\/final>\n\[user\] second\n\[assistant\] <final>Two\./,
    );
    expect(fs.readdirSync(root)).toEqual(['.git']);
  });

  inStress(
    'before a resumed session is written to causes one warning, and no partial log is made',
    async () => {
      const { root, run, start } = await scene(['One.', 'Two.'].map(final));
      await run(['first']);
      const { path: file } = onlySessionIn(root);
      const program = start(['-c']);
      await program.shows('(resumed)');
      fs.rmSync(file);
      program.child.stdin.end('second\n');
      const { code, stdout, stderr } = await program.ended;
      expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(ONE_WARNING) });
      expect(stdout).toContain('\nTwo.\n');
      expect(fs.readdirSync(sessionFolder(root))).toEqual([]);
    },
  );

  inStress('and is replaced by a file ends no conversation', async () => {
    const { root, start } = await scene(['One.', 'Two.'].map(final));
    const program = start([]);
    program.child.stdin.write('first\n');
    await program.shows('One.');
    const home = path.join(root, '.mini-coding-agent');
    fs.renameSync(home, `${home}-moved`);
    fs.writeFileSync(home, '');
    program.child.stdin.end('second\n');
    expect(await program.ended).toMatchObject({ code: 0, stderr: '' });
    const [name = ''] = fs.readdirSync(`${home}-moved/sessions`);
    const { records } = readLog(path.join(`${home}-moved/sessions`, name));
    expect(records.filter(({ type }) => type === 'user')).toHaveLength(2);
  });
});

/** A folder on its own disk of this size, where one can be mounted. */
function tinyDisk(size: string): string {
  const folder = temporaryFolder();
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'none', folder]);
  onTestFinished(() => void execFileSync('umount', ['--lazy', folder]));
  return folder;
}

const canMount = (() => {
  const folder = fs.mkdtempSync('/tmp/mca-test-');
  const isMounted =
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', folder]).status === 0;
  if (isMounted) spawnSync('umount', [folder]);
  fs.rmdirSync(folder);
  return isMounted;
})();

it.skipIf(!canMount)(
  'a full disk costs one warning and no old file; with room again the session continues',
  async () => {
    const root = tinyDisk('1m');
    git(root, 'init', '-q', '-b', 'main');
    const old = `old text\n${counted(2_000, 'line\n')}`;
    fs.writeFileSync(path.join(root, 'a.txt'), old);
    const server = await scriptedServer([
      final('One.'),
      toolCall('run_shell', { command: 'cat /dev/zero > full' }),
      toolCall('patch_file', { path: 'a.txt', old_text: 'old text', new_text: 'new text' }),
      final(words(2_000)),
      final('Three.'),
      toolCall('run_shell', { command: 'rm full' }),
      final('Four.'),
    ]);
    const where = { cwd: root, host: server.url };
    const input = 'first\nsecond\nthird\nfourth\n';
    const { code, stdout, stderr } = await runProgram(['--approval', 'auto'], { ...where, input });
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(ONE_WARNING) });
    expect(stdout).toContain('\nFour.\n');
    expect(server.calls.at(-1)?.prompt).toContain('error: patch_file failed: ENOSPC');
    expect(fs.readFileSync(path.join(root, 'a.txt'), 'utf8')).toBe(old);
    expect(fs.readdirSync(root).toSorted()).toEqual(['.git', '.mini-coding-agent', 'a.txt']);
    expect(wholeLog(root)).toContainEqual(expect.objectContaining({ content: 'second' }));
    server.push(final('Five.'));
    expect(await runProgram(['-c', 'fifth'], where)).toMatchObject({ code: 0, stderr: '' });
    expect(transcriptOf(server.calls.at(-1)?.prompt ?? '')).toMatch(
      /^\[user\] first\n\[assistant\] <final>One\.<\/final>\n\[user\] .*second/s,
    );
  },
);
