/**
 * Records the demo again: the built program replays the recorded replies, and the session that it
 * writes becomes the new recording. So what `--demo` replays is a session file of this version.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onlySessionIn } from '../test/program/session-files.ts';
import { withSteadyClock, withSteadyTexts } from './steady.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
/** The folder that the recording names. */
const FOLDER = '/tmp/mini-coding-agent-demo';

/** Runs the demo and writes its session to src/cli/demo.jsonl, and to dist beside the bin. */
export function recordDemo(): void {
  const tmp = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'mca-record-')));
  try {
    fs.writeFileSync(path.join(tmp, '.gitconfig'), '[init]\n\tdefaultBranch = main\n');
    const bin = path.join(ROOT, 'dist/cli.cjs');
    execFileSync(process.execPath, [bin, '--demo', '--approval', 'auto'], {
      env: { ...process.env, HOME: tmp, TMPDIR: tmp },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const [workspace = ''] = fs.readdirSync(tmp).filter((name) => name.includes('-demo-'));
    const log = fs.readFileSync(onlySessionIn(path.join(tmp, workspace)).path, 'utf8');
    const recording = withSteadyClock(withSteadyTexts(log, path.join(tmp, workspace), FOLDER));
    for (const folder of ['src/cli', 'dist']) {
      fs.writeFileSync(path.join(ROOT, folder, 'demo.jsonl'), recording);
    }
  } finally {
    fs.rmSync(tmp, { recursive: true, force: true });
  }
}
