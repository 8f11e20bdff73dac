import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { FileVersions } from '../../src/tools/file-versions.ts';
import { patchFile } from '../../src/tools/patch-file.ts';
import { readFile } from '../../src/tools/read-file.ts';
import { type ToolContext } from '../../src/tools/tool.ts';
import { writeFile } from '../../src/tools/write-file.ts';
import { temporaryFolder, toolContext } from '../support/workspace.ts';
import { runTool } from '../support/run-tool.ts';
import { ToolError } from '../../src/tools/tool-error.ts';

const write = (context: ToolContext) =>
  runTool(writeFile, context, { path: 'a.txt', content: 'mine' });
const patch = (context: ToolContext) =>
  runTool(patchFile, context, { path: 'a.txt', old_text: 'one', new_text: 'two' });
const read = (context: ToolContext) => runTool(readFile, context, { path: 'a.txt' });

it.each([
  ['write_file', write],
  ['patch_file', patch],
])('%s does not overwrite an edit that the agent has not seen', async (_name, change) => {
  const root = temporaryFolder({ 'a.txt': 'one' });
  const file = path.join(root, 'a.txt');
  const context = toolContext(root);
  await read(context);
  fs.writeFileSync(file, 'one, and what the user added');
  await expect(change(context)).rejects.toThrow(/has changed since you last saw it: read it again/);
  expect(fs.readFileSync(file, 'utf8')).toBe('one, and what the user added');

  await read(context);
  await expect(change(context)).resolves.toContain('a.txt');
});

it('counts what the agent itself wrote as seen', async () => {
  const context = toolContext(temporaryFolder({ 'a.txt': 'one' }));
  await read(context);
  await patch(context);
  await write(context);
  await write(context);
  expect(await read(context)).toBe('# a.txt\n   1: mine');
});

it('lets a deleted file be written again once the agent has seen that it is gone', async () => {
  const root = temporaryFolder({ 'a.txt': 'one' });
  const context = toolContext(root);
  await read(context);
  fs.rmSync(path.join(root, 'a.txt'));
  await expect(write(context)).rejects.toThrow(/has changed since you last saw it/);
  await expect(read(context)).rejects.toThrow(/there is no file a\.txt/);
  await expect(write(context)).resolves.toContain('a.txt');
});

it('lets the agent write a file that it never saw', async () => {
  const context = toolContext(temporaryFolder({ 'a.txt': 'one' }));
  await expect(write(context)).resolves.toContain('a.txt');
});

it.each([
  ['gone', (file: string) => fs.rmSync(file)],
  ['replaced by one of the same size', (file: string) => replace(file, 'two')],
  ['edited to the same size', (file: string) => fs.writeFileSync(file, 'two')],
])('notices that a file is %s', (_what, edit) => {
  const file = path.join(temporaryFolder({ 'a.txt': 'one' }), 'a.txt');
  fs.utimesSync(file, 1, 1);
  const versions = new FileVersions();
  versions.note(file);
  expect(() => versions.assertUnchanged(file, 'a.txt')).not.toThrow();
  edit(file);
  expect(() => versions.assertUnchanged(file, 'a.txt')).toThrow(ToolError);
});

function replace(file: string, content: string): void {
  fs.writeFileSync(`${file}.new`, content);
  fs.utimesSync(`${file}.new`, 1, 1);
  fs.renameSync(`${file}.new`, file);
}

it('counts a file as changed if an older one replaced it after a resumed session saw it', async () => {
  const root = temporaryFolder({ 'a.txt': 'one', 'backup.txt': 'two' });
  const file = path.join(root, 'a.txt');
  const context = toolContext(root);
  context.versions.noteSeenAt(file, Date.now() + 5);
  context.versions.assertUnchanged(file, 'a.txt');
  const seen = fs.statSync(file).ctimeMs;
  context.versions.noteSeenAt(file, seen);
  const backup = path.join(root, 'backup.txt');
  // The clock of a disk goes on in steps of some milliseconds: the next one has to come.
  do fs.utimesSync(backup, 1_000, 1_000);
  while (fs.statSync(backup).ctimeMs <= seen);
  fs.renameSync(backup, file);
  await expect(write(context)).rejects.toThrow(/has changed since you last saw it/);
});
