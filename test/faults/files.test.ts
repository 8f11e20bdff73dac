/** Special files, and disks that report writes they did not do. */
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { replaceFileSync } from '../../src/util/replace-file.ts';
import { Approvals } from '../../src/tools/approval.ts';
import { Gate } from '../../src/tools/gate.ts';
import { allTools } from '../../src/tools/index.ts';
import { final } from '../support/ollama-server.ts';
import { scene } from '../support/program.ts';
import { never, temporaryFolder, toolContext } from '../support/workspace.ts';

/** Makes /dev/zero, which never ends. */
const makeDevice = (file: string) => spawnSync('mknod', [file, 'c', '1', '5']).status === 0;

/** Only root may make one, and only some file systems let it be opened. */
const hasDevices = (() => {
  const folder = fs.mkdtempSync('/tmp/mca-test-');
  try {
    const file = path.join(folder, 'zero');
    return makeDevice(file) && spawnSync('head', ['-c', '1', file]).stdout.length === 1;
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
})();

async function makeSocket(file: string): Promise<void> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(file, resolve));
  onTestFinished(() => void server.close());
}

type Special = [what: string, make: (file: string) => unknown, isPossible: boolean];
const SPECIAL: Special[] = [
  ['a FIFO', (file) => execFileSync('mkfifo', [file]), true],
  ['a socket', makeSocket, true],
  ['a device without end', makeDevice, hasDevices],
];

const CALLS: [name: string, args: Record<string, unknown>][] = [
  ['read_file', {}],
  ['search', { pattern: '.' }],
  ['list_files', {}],
  ['write_file', { content: 'new' }],
  ['patch_file', { old_text: 'a', new_text: 'b' }],
];

/** Calls a tool as the model does, under `auto`. */
function call(root: string, name: string, args: Record<string, unknown>) {
  const gate = new Gate({
    tools: allTools,
    context: toolContext(root),
    approvals: new Approvals('auto'),
    ask: () => expect.fail('nobody is asked'),
    beforeRisky: () => Promise.resolve(),
  });
  return gate.run({ name, args }, never);
}

for (const [what, make, isPossible] of SPECIAL) {
  it.skipIf(!isPossible).each(CALLS)(
    `${what} is refused by %s, which does not wait for it`,
    async (name, args) => {
      const root = temporaryFolder({ 'a.txt': 'a\n' });
      const file = path.join(root, 'special');
      await make(file);
      const before = fs.lstatSync(file);
      const { ok, content } = await call(root, name, { path: 'special', ...args });
      expect({ ok, content }).toEqual({ ok: false, content: expect.stringMatching(/^error: /) });
      expect(fs.lstatSync(file).ino).toBe(before.ino);
    },
  );

  it.skipIf(!isPossible)(`${what} in the tree delays no search and no list`, async () => {
    const root = temporaryFolder({ 'a.txt': 'a\n' });
    await make(path.join(root, 'special'));
    const found = await call(root, 'search', { pattern: 'a' });
    expect(found.content).toBe('a.txt:1:a');
    vi.stubEnv('PATH', temporaryFolder()); // without ripgrep
    onTestFinished(() => void vi.unstubAllEnvs());
    expect((await call(root, 'search', { pattern: 'a' })).content).toBe('a.txt:1:a');
    expect((await call(root, 'list_files', {})).content).toBe('[F] a.txt\n[F] special');
  });
}

const ON_FILES = CALLS.filter(([name]) => name !== 'list_files');

it.each(ON_FILES)('a file of 300 MB costs %s little memory', async (name, args) => {
  const root = temporaryFolder({ 'big.txt': 'a\nb\n' });
  fs.truncateSync(path.join(root, 'big.txt'), 300 * 1024 * 1024);
  const before = process.resourceUsage().maxRSS;
  const { content } = await call(root, name, { path: 'big.txt', ...args });
  expect(content.length).toBeLessThanOrEqual(4_000);
  expect(process.resourceUsage().maxRSS - before).toBeLessThan(150 * 1024);
});

it('project docs that are special files, lead outside or are huge neither delay the start nor are read', async () => {
  const { root, server, run } = await scene([final('Hello.')], { 'app/a.txt': '' });
  const outside = temporaryFolder({ secret: 'the secret' });
  execFileSync('mkfifo', [path.join(root, 'AGENTS.md'), path.join(root, 'app/README.md')]);
  fs.symlinkSync(path.join(outside, 'secret'), path.join(root, 'README.md'));
  fs.mkdirSync(path.join(root, 'pyproject.toml'));
  fs.writeFileSync(path.join(root, 'package.json'), `{"name":"huge"}${' '.repeat(5_000)}`);
  fs.truncateSync(path.join(root, 'package.json'), 300 * 1024 * 1024);
  expect(await run(['--cwd', 'app', 'hi'])).toEqual({ code: 0, stdout: 'Hello.\n', stderr: '' });
  const prompt = server.calls[0]?.prompt ?? '';
  expect(prompt).toContain('{"name":"huge"}');
  expect(prompt).not.toContain('the secret');
  expect(prompt.length).toBeLessThan(20_000);
});

describe('a write', () => {
  const written = (): Buffer => Buffer.from('the new text, which is longer');

  it('that the disk reports as whole but does only in part is noticed, and the old file stays', () => {
    const folder = temporaryFolder({ 'a.txt': 'the old text' });
    const file = path.join(folder, 'a.txt');
    const write = fs.writeSync;
    vi.spyOn(fs, 'writeSync').mockImplementation(((fd: number, data: Buffer) => {
      write(fd, data.subarray(0, 5));
      return data.length;
    }) as typeof fs.writeSync);
    onTestFinished(() => void vi.restoreAllMocks());
    expect(() => replaceFileSync(file, written())).toThrow('only 5 of 29 bytes were written');
    expect(fs.readFileSync(file, 'utf8')).toBe('the old text');
    expect(fs.readdirSync(folder)).toEqual(['a.txt']);
  });

  it('is on the disk before it replaces the old file', () => {
    const folder = temporaryFolder({ 'a.txt': 'the old text' });
    const steps: string[] = [];
    for (const step of ['writeSync', 'fsyncSync', 'renameSync'] as const) {
      const real = fs[step] as (...args: unknown[]) => unknown;
      vi.spyOn(fs, step).mockImplementation(((...args: unknown[]) => {
        steps.push(step);
        return real(...args);
      }) as never);
    }
    onTestFinished(() => void vi.restoreAllMocks());
    replaceFileSync(path.join(folder, 'a.txt'), written());
    expect(steps).toEqual(['writeSync', 'fsyncSync', 'renameSync', 'fsyncSync']);
    expect(fs.readFileSync(path.join(folder, 'a.txt'))).toEqual(written());
  });
});
