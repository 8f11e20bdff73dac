/** `--demo`: the recorded requests and a fresh repository to run them in. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { readRecording, ScriptedModel, type RecordedRequest } from '../model/scripted.ts';
import type { Ask, Decision } from '../tools/approval.ts';

export interface Demo {
  /** A new, empty git repository in the folder for temporary files. It is left there. */
  folder: string;
  requests: RecordedRequest[];
  model: ScriptedModel;
}

/** Between two words of a reply: slow enough to be seen, fast enough not to bore. */
const PAUSE_MS = 15;

/** @param isWatched a person looks on: replies come at the pace of a model */
export async function prepareDemo(env: NodeJS.ProcessEnv, isWatched: boolean): Promise<Demo> {
  // The recording is a session file as the agent writes it; the build puts it beside the bin.
  const file = fileURLToPath(new URL('./demo.jsonl', import.meta.url));
  const requests = readRecording(fs.readFileSync(file, 'utf8'));
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mini-coding-agent-demo-'));
  await execa('git', ['init', '--quiet'], { cwd: folder, env, extendEnv: false, reject: false });
  const replies = requests.flatMap((recorded) => recorded.replies);
  const model = new ScriptedModel(replies, {
    name: 'recorded',
    pauseMs: isWatched ? PAUSE_MS : 0,
  });
  return { folder, requests, model };
}

export const DEMO_OPENING = "Demo: the model's replies are recorded; everything else is real.";

/** Asks as `ask` does. After a no the recording makes no sense any more: `stop` ends the request. */
export function stopAtDenial(ask: Ask, stop: () => void) {
  const approval = {
    wasDenied: false,
    ask: async (...question: Parameters<Ask>): Promise<Decision> => {
      const decision = await ask(...question);
      const [, signal] = question;
      if ('allowed' in decision && !decision.allowed && !signal.aborted) {
        approval.wasDenied = true;
        stop();
      }
      return decision;
    },
  };
  return approval;
}

export function renderDemoEnd(folder: string, session: string, wasDenied: boolean): string {
  const denial = 'You said no, so it was not run. A model would go on; a recording cannot.\n';
  return `${wasDenied ? denial : ''}\nThe repository is ${folder}\nThe session is ${session}\n`;
}
