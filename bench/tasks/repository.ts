/** Temporary folders and repositories, and what is in them. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Files } from './task.ts';

/** Makes a folder with these files. Returns its real path; the caller removes it. */
export function makeFolder(files: Files): string {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'mca-task-')));
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    fs.writeFileSync(path.join(root, name), text);
  }
  return root;
}

/** Makes a git repository with these files committed. Returns its real path; the caller removes it. */
export function makeRepository(files: Files): string {
  const root = makeFolder(files);
  git(root, 'init', '--quiet', '--initial-branch=main', '--template=');
  git(root, 'add', '--all', '--force');
  git(root, 'commit', '--quiet', '--no-gpg-sign', '--message', 'Start');
  return root;
}

const DATE = '2026-01-01T00:00:00Z';

function git(root: string, ...args: string[]): void {
  const identity = ['-c', 'user.name=Bench', '-c', 'user.email=bench@example.com'];
  const noHooks = ['-c', 'core.hooksPath=/dev/null'];
  // The same files are the same commit in each run: its hash is in the prompt.
  const env = { ...process.env, GIT_AUTHOR_DATE: DATE, GIT_COMMITTER_DATE: DATE };
  execFileSync('git', [...identity, ...noHooks, ...args], { cwd: root, env, stdio: 'pipe' });
}

/** Folders that do not belong to the task: git's, and where sessions are kept. */
const OTHERS: ReadonlySet<string> = new Set(['.git', '.mini-coding-agent']);
/** Bytes of a file that is compared: no task has a larger one, but a command can make it. */
const MAX_BYTES = 1024 * 1024;

/** What is below a folder now: files by their paths, with `/`; of links, where they lead. */
export function filesBelow(root: string): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (folder: string) => {
    for (const entry of fs.readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const name = path.posix.join(folder, entry.name);
      if (folder === '' && OTHERS.has(entry.name)) continue;
      if (entry.isDirectory()) visit(name);
      else found.set(name, contentOf(path.join(root, name), entry));
    }
  };
  visit('');
  return found;
}

function contentOf(file: string, entry: fs.Dirent): string {
  if (entry.isSymbolicLink()) return `a link to ${fs.readlinkSync(file)}`;
  if (!entry.isFile()) return 'neither a file nor a folder';
  const { size } = fs.statSync(file);
  return size > MAX_BYTES ? `${size} bytes` : fs.readFileSync(file, 'utf8');
}
