/** `--demo`: replays a recording that comes with the program, in a new repository. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { replay } from './replay/replay.ts';
import type { Program } from './startup.ts';
import { readRecording } from '../session/recording.ts';

/** Replays the demo until the person says no. Returns the exit code. @throws only bugs */
export async function runDemo(program: Program): Promise<number> {
  program.stdout.write("Demo: the model's replies are recorded; everything else is real.\n");
  // The recording is a session that the agent wrote; the build puts it beside the bin.
  const recording = readRecording(path.join(import.meta.dirname, 'demo.jsonl'));
  const folder = await newRepository(program.gitEnv);
  const how = { folder, name: recording.model, stopsAtNo: true };
  const { code } = await replay(program, recording, how);
  return code;
}

/** A new, empty git repository in the folder for temporary files. It is not removed. */
async function newRepository(env: NodeJS.ProcessEnv): Promise<string> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mini-coding-agent-demo-'));
  const { execa } = await import('execa');
  await execa('git', ['init', '--quiet'], { cwd: folder, env, extendEnv: false, reject: false });
  return folder;
}
