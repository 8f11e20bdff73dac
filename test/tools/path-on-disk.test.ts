import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Approvals, type ApprovalRequest } from '../../src/tools/approval.ts';
import { Gate } from '../../src/tools/gate.ts';
import { allTools } from '../../src/tools/index.ts';
import { tellsCaseApart } from '../support/disk.ts';
import { never, temporaryFolder, toolContext } from '../support/workspace.ts';

const NFC = 'caf\u00e9.txt';
const NFD = 'cafe\u0301.txt';

/** A workspace with these files, and the calls of a model in it. */
function workspaceWith(files: Record<string, string>) {
  const root = temporaryFolder(files);
  const asked: ApprovalRequest[] = [];
  const gate = new Gate({
    tools: allTools,
    context: toolContext(root),
    approvals: new Approvals('ask'),
    ask: (request) => {
      asked.push(request);
      return Promise.resolve({ allowed: true });
    },
    beforeRisky: () => Promise.resolve(),
  });
  const call = (name: string, args: Record<string, unknown>) => gate.run({ name, args }, never);
  const read = (file: string) => fs.readFileSync(path.join(root, file), 'utf8');
  return { root, asked, call, read };
}

describe.skipIf(!tellsCaseApart)('what is read by another spelling of its only name', () => {
  const files = { 'README.md': 'fig\n', 'src/Main.ts': 'fig\n', [NFD]: 'fig\n' };

  it.each([
    ['read_file', 'readme.md', '# README.md\n   1: fig'],
    ['read_file', 'SRC/main.ts', '# src/Main.ts\n   1: fig'],
    ['read_file', NFC, `# ${NFD}\n   1: fig`],
    ['list_files', 'SRC', '[F] src/Main.ts'],
    ['search', 'Src', 'src/Main.ts:1:fig'],
    ['search', NFC, `${NFD}:1:fig`],
  ])('is found by %s: %s', async (name, asked, content) => {
    const { call } = workspaceWith(files);
    const args = { path: asked, ...(name === 'search' && { pattern: 'fig' }) };
    expect((await call(name, args)).content).toBe(content);
  });

  it('is listed by a glob in its folder, too', async () => {
    const { call } = workspaceWith(files);
    const { content } = await call('list_files', { path: 'SRC', glob: '*.ts' });
    expect(content).toBe('[F] src/Main.ts');
  });

  it('is recorded by the name that it has', async () => {
    const { call } = workspaceWith(files);
    const { args } = await call('read_file', { path: './readme.md', start: 1 });
    expect(args).toEqual({ path: 'README.md', start: 1, end: 200 });
    expect((await call('read_file', { path: './README.md' })).args).toMatchObject({
      path: './README.md',
    });
  });

  it('is not chosen where two names would do: both are named', async () => {
    const { call } = workspaceWith({ 'a.TXT': '', 'A.txt': '' });
    const { content } = await call('read_file', { path: 'a.txt' });
    expect(content).toMatch(/there is no file a\.txt, did you mean (?:a\.TXT|A\.txt) or \w\.\w+\?/);
  });
});

describe.skipIf(!tellsCaseApart)('an edit', () => {
  const patch = { old_text: 'fig', new_text: 'plum' };

  it('of a file by its name in another Unicode form is of that file, as the question says', async () => {
    const { root, asked, call, read } = workspaceWith({ [NFD]: 'fig\n' });
    const written = await call('patch_file', { path: NFC, ...patch });
    expect(written.content).toBe(`patched ${NFD}`);
    expect(asked[0]?.change?.path).toBe(NFD);
    expect(asked[0]?.args['path']).toBe(NFD);
    expect((await call('write_file', { path: NFC, content: 'pear\n' })).ok).toBe(true);
    expect(asked[1]?.change?.before?.toString()).toBe('plum\n');
    expect(read(NFD)).toBe('pear\n');
    expect(fs.readdirSync(root)).toEqual([NFD]);
  });

  it('makes a file in the folder of that name in another Unicode form', async () => {
    const { root, call } = workspaceWith({ 'u\u0308/a.txt': '' });
    expect((await call('write_file', { path: '\u00fc/b.txt', content: '' })).ok).toBe(true);
    expect(fs.readdirSync(root)).toEqual(['u\u0308']);
    expect(fs.readdirSync(path.join(root, 'u\u0308'))).toEqual(['a.txt', 'b.txt']);
  });

  it.each([
    ['write_file', 'readme.md', { content: 'x' }, 'use README.md'],
    ['patch_file', 'readme.md', patch, 'use README.md'],
    ['write_file', 'SRC/new/x.ts', { content: 'x' }, 'use src/new/x.ts'],
    ['write_file', 'a.txt', { content: 'x' }, 'use A.txt or a.TXT'],
  ])('by %s that would have a twin in another case is refused: %s', async (name, at, args, use) => {
    const files = { 'README.md': 'fig\n', 'src/a.ts': '', 'a.TXT': '', 'A.txt': '' };
    const { root, asked, call } = workspaceWith(files);
    const { content, ok } = await call(name, { path: at, ...args });
    const problem = `${at} differs from what is there only in case: ${use}`;
    expect(content).toContain(`error: invalid arguments for ${name}: ${problem}\n`);
    expect(ok).toBe(false);
    expect(asked).toEqual([]);
    expect(fs.readdirSync(root).toSorted()).toEqual(['A.txt', 'README.md', 'a.TXT', 'src']);
    expect(fs.readdirSync(path.join(root, 'src'))).toEqual(['a.ts']);
  });

  it('of a protected folder in another case is refused because that is protected', async () => {
    const { call } = workspaceWith({ '.git/HEAD': '' });
    const { content } = await call('write_file', { path: '.GIT/config', content: '' });
    expect(content).toContain('.GIT/config is protected');
  });

  it('makes new files as before, in new folders too', async () => {
    const { call, read } = workspaceWith({ 'src/a.ts': '' });
    expect((await call('write_file', { path: 'src/new/B.ts', content: 'b' })).ok).toBe(true);
    expect(read('src/new/B.ts')).toBe('b');
  });
});

describe('of what does not exist the model is told what it may have meant', () => {
  const files = { 'src/utils.ts': '', 'docs/Guide.md': '', 'src/[x]\n.ts': '' };

  it.each([
    ['read_file', 'utils.ts', 'there is no file utils.ts, did you mean src/utils.ts?'],
    ['read_file', 'nothing.py', 'there is no file nothing.py'],
    ['read_file', 'src/[x].ts', 'there is no file src/[x].ts, did you mean src/[x] .ts?'],
    ['list_files', 'doc', 'there is no folder doc, did you mean docs?'],
    ['search', 'guide.md', 'there is no guide.md, did you mean docs/Guide.md?'],
    ['patch_file', 'utils.ts', 'there is no file utils.ts, did you mean src/utils.ts?'],
    ['patch_file', 'a.py', 'there is no file a.py: to create it, write all of it'],
  ])('by %s of %s', async (name, asked, problem) => {
    const { call } = workspaceWith(files);
    const more = { search: { pattern: 'x' }, patch_file: { old_text: 'a', new_text: 'b' } };
    const given = { path: asked, ...(name in more && more[name as keyof typeof more]) };
    const { content } = await call(name, given);
    expect(content.split('\n')[0]).toBe(`error: invalid arguments for ${name}: ${problem}`);
  });
});
