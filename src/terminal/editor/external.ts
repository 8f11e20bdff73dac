/** Ctrl-G: edits the text in the person's own editor. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ExternalEditor } from './aids.ts';

/**
 * Opens a text in an editor, which has the terminal meanwhile, and returns the text as saved.
 * @param signal ends the editor
 * @throws Error with a message for the person, when nothing was saved
 */
export async function editElsewhere(
  editor: ExternalEditor,
  text: string,
  signal: AbortSignal,
): Promise<string> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mini-coding-agent-')); // only this user may read it
  const file = path.join(folder, 'request.md');
  try {
    fs.writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
    await runEditor(editor, file, signal);
    return fs.readFileSync(file, 'utf8').replace(/\r\n?/g, '\n').replace(/\n+$/, '');
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function runEditor(
  { command, env }: ExternalEditor,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    // The command may have arguments and quotes: a shell reads it as the person's own would.
    // It waits for the editor after a Ctrl-C, which is the editor's: without a trap it would end by it.
    const args = ['-c', `trap : INT; ${command} "$1"`, 'sh', file];
    const editor = spawn('/bin/sh', args, { env, stdio: 'inherit', signal });
    editor.on('error', reject);
    editor.on('close', (code, cause) => {
      if (code === 0) resolve();
      else reject(new Error(`it ended with ${cause ?? `exit code ${code}`}`));
    });
  });
}
