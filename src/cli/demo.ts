/** `--demo`: recorded replies to recorded requests, in a new repository. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { EXIT } from './exit-codes.ts';
import { askOnce, type View } from './one-shot.ts';
import { showWelcome } from './opening.ts';
import { openConversation, openWorkspace, type Program } from './startup.ts';
import { readRecording, ScriptedModel, type RecordedRequest } from '../model/scripted.ts';
import { PROMPT } from '../terminal/repl.ts';
import type { ApprovalAnswer, Ask } from '../tools/approval.ts';

/** Milliseconds between two words of a reply: slow enough to follow, fast enough not to bore. */
const PAUSE_MS = 15;

/** Runs the recorded requests until one is not answered. Returns the exit code. @throws only bugs */
export async function runDemo(program: Program): Promise<number> {
  const { terminal, stdout } = program;
  stdout.write("Demo: the model's replies are recorded; everything else is real.\n");
  const requests = readDemo();
  const model = modelFor(requests, terminal.isTerminal);
  const folder = await newRepository(program.gitEnv);
  const workspace = await openWorkspace(program, folder);
  const session = workspace.store.create(model.name);
  const { interrupts, screen } = terminal;
  const approval = stopAtDenial(
    (call, signal) => terminal.askApproval(call, signal),
    () => interrupts.stopRequest(),
  );
  const view: View = {
    begin: () => screen.begin(),
    show: (event, depth) => {
      // The person said no and did not interrupt: the end of the demo says so.
      if (event.type === 'final' && approval.wasDenied) return screen.clear();
      return screen.show(event, depth);
    },
  };
  const conversation = openConversation(program, {
    ...workspace,
    session,
    model,
    modelNamed: () => model,
    view,
    ask: approval.ask,
  });
  await showWelcome(program, conversation, workspace.snapshot);
  let code: number = EXIT.answered;
  for (const { request } of requests) {
    stdout.write(`\n${PROMPT}${request}\n`);
    code = await askOnce({ request, conversation, terminal, view });
    if (code !== EXIT.answered) break;
  }
  conversation.close();
  if (approval.wasDenied) {
    stdout.write('You said no, so it did not run. A model would adapt; a recording cannot.\n');
  }
  stdout.write(`\nRepository: ${folder}\nSession: ${session.path}\n`);
  return approval.wasDenied ? EXIT.answered : code;
}

/** The recording is a session file that the agent wrote; the build puts it beside the bin. */
function readDemo(): RecordedRequest[] {
  const file = fileURLToPath(new URL('./demo.jsonl', import.meta.url));
  return readRecording(fs.readFileSync(file, 'utf8'));
}

/** If a person watches, its replies arrive at the pace of a model. */
function modelFor(requests: readonly RecordedRequest[], isWatched: boolean): ScriptedModel {
  const replies = requests.flatMap((recorded) => recorded.replies);
  return new ScriptedModel(replies, { name: 'recorded', pauseMs: isWatched ? PAUSE_MS : 0 });
}

/** A new, empty git repository in the folder for temporary files. It is not removed. */
async function newRepository(env: NodeJS.ProcessEnv): Promise<string> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mini-coding-agent-demo-'));
  await execa('git', ['init', '--quiet'], { cwd: folder, env, extendEnv: false, reject: false });
  return folder;
}

/** Asks as `ask` does. After a no, the recorded replies make no sense: `stop` ends the request. */
export function stopAtDenial(ask: Ask, stop: () => void) {
  const approval = {
    wasDenied: false,
    ask: async (...question: Parameters<Ask>): Promise<ApprovalAnswer> => {
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
