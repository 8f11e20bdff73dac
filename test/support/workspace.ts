/** Temporary folders with real files and a real git, removed when the test ends. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { ContextWindow } from '../../src/context/window.ts';
import { childEnvironment } from '../../src/tools/shell/environment.ts';
import { FileVersions } from '../../src/tools/file-versions.ts';
import { numbered } from '../../src/tools/patch/line-numbers.ts';
import type { ToolContext } from '../../src/tools/tool.ts';

/** A real path to a new folder that holds these files (name → content). */
export function temporaryFolder(files: Record<string, string | Buffer> = {}): string {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'mca-test-')));
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
  }
  return folder;
}

/** A temporary folder that is a git repository on branch `main`, its files committed. */
export function temporaryRepository(files: Record<string, string | Buffer> = {}): string {
  if (Object.keys(files).length > 0) return committed(temporaryFolder(files));
  emptyRepository ??= filesIn(committed(temporaryFolder()));
  return temporaryFolder(emptyRepository);
}

/** The files of a repository with a commit of nothing: most tests want one, and git takes its time. */
let emptyRepository: Record<string, Buffer> | undefined;

function committed(folder: string): string {
  git(folder, 'init', '-q', '-b', 'main', '--template=');
  git(folder, 'add', '-A');
  git(folder, 'commit', '-q', '--allow-empty', '-m', 'first commit');
  return folder;
}

/** Every file below a folder, by its path from there. */
function filesIn(folder: string): Record<string, Buffer> {
  const names = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const isFile = (name: string) => fs.statSync(path.join(folder, name)).isFile();
  return Object.fromEntries(
    names.filter(isFile).map((name) => [name, fs.readFileSync(path.join(folder, name))]),
  );
}

/** Runs git in a folder and returns what it prints. What it says of an error is in the message. */
export function git(folder: string, ...args: string[]): string {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
  return execFileSync('git', [...identity, ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: 'pipe',
  });
}

/** What tools get: the folder as workspace root, and every file as if the model had read it. */
export function toolContext(root: string): ToolContext {
  return {
    root,
    env: childEnvironment(process.env),
    resultRoom: new ContextWindow().resultRoom,
    versions: new FileVersions(),
    linesRead: (real) => linesOf(fs.readFileSync(real, 'utf8')),
    showOutput: () => undefined,
    keep: () => Promise.resolve(() => undefined),
  };
}

/** The lines of a text as a read of all of it shows them. */
export const linesOf = (text: string): ReadonlySet<string> =>
  new Set(text.split(/\r?\n/).map((line, index) => numbered(index + 1, line)));

/** A signal that never aborts. */
export const never = new AbortController().signal;
