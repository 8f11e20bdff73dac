/** `--replay FILE.jsonl`: a recorded session again, without a model, in the workspace as it is. */
import { setTimeout as delay } from 'node:timers/promises';
import { clip, clipLine } from '../../context/clip.ts';
import { readRecording, type RecordedItem, type Recording } from '../../session/recording.ts';
import { PROMPT } from '../../terminal/repl.ts';
import { escapeForTerminal, escapeLine } from '../../terminal/text/escape.ts';
import type { ApprovalAnswer, Ask } from '../../tools/approval.ts';
import { counted } from '../../util/counted.ts';
import { EXIT } from '../exit-codes.ts';
import { askOnce, type View } from '../one-shot.ts';
import { showWelcome } from '../opening.ts';
import { openConversation, openWorkspace, type Program } from '../startup.ts';
import { Player } from './player.ts';

/** Milliseconds between two words of a reply: slow enough to follow, fast enough not to bore. */
const PAUSE_MS = 15;
/** Milliseconds before the next request, in which a person may stop. */
const NEXT_MS = 1_000;
/** Characters shown of what a recorded command printed. */
const OUTPUT_CHARS = 2_000;
const NAME_CHARS = 80;

/** Replays the file in the workspace. Returns the exit code. @throws SessionError for a wrong file */
export async function runReplay(program: Program, file: string): Promise<number> {
  const recording = readRecording(file);
  const { stdout, terminal, options } = program;
  if (recording.damage !== undefined) terminal.say(`Skipped in ${file}: ${recording.damage}.`);
  const who = clipLine(recording.model, NAME_CHARS);
  terminal.note(`Replay: the replies of the model (${who}) are recorded; everything else is real.`);
  const { numCtx = usable(recording.numCtx) } = options;
  const asking: Program = { ...program, options: { ...options, approval: 'ask', numCtx } };
  const { code, differences, requests } = await replay(asking, recording, {
    folder: options.cwd,
    name: replayedName(recording.model),
  });
  const told = [counted(requests, 'request'), counted(differences, 'different result')];
  stdout.write(`Replayed: ${told.join(', ')}.\n`);
  return code;
}

/** What a flag would accept: a file may hold anything. */
function usable(numCtx = 0): number | undefined {
  return Number.isSafeInteger(numCtx) && numCtx >= 512 && numCtx <= 10_000_000 ? numCtx : undefined;
}

/** The name of the model in the session that a replay writes. */
function replayedName(model: string): string {
  return `${clipLine(model, NAME_CHARS).replace(/ \(replayed\)$/, '')} (replayed)`;
}

/** Where a recording is replayed, and how. */
interface ReplayOptions {
  folder: string;
  /** The name of the model. */
  name: string;
  /** Stop at a no, after which the other replies would make no sense. */
  stopsAtNo?: boolean;
}

/** How a replay went. */
interface Replayed {
  code: number;
  requests: number;
  /** How many results differed from the recording. */
  differences: number;
}

/**
 * Replays a recording until its end, or until the person stops it. Each risky call is asked about,
 * unless the policy is `auto`; a yes never lasts.
 */
export async function replay(
  program: Program,
  recording: Recording,
  { folder, name, stopsAtNo = false }: ReplayOptions,
): Promise<Replayed> {
  const { terminal, stdout, options } = program;
  const { interrupts, screen } = terminal;
  const thoughtful: Program = {
    ...program,
    options: { ...options, think: { ...options.think, mode: 'off' } }, // no thought is cut off
  };
  const workspace = await openWorkspace(thoughtful, folder);
  const player = new Player({
    name,
    roots: { recorded: recording.root, now: workspace.snapshot.root },
    pauseMs: terminal.isTerminal ? PAUSE_MS : 0,
  });
  const { model } = player;
  const session = workspace.store.create(name);
  const asked = askedEachTime(
    (call, signal) => terminal.askApproval(call, signal),
    () => stopsAtNo && interrupts.stopRequest(),
  );
  const stops = () => stopsAtNo && asked.wasDenied;
  /** Of the request, or of the wait for it. */
  let running: AbortSignal | undefined;
  const isStopped = () => running?.aborted || interrupts.leaving.aborted;
  const view: View = {
    begin: (signal) => {
      running = signal;
      screen.begin();
    },
    show: async (event, depth) => {
      // The person said no and did not interrupt: the end says so.
      if (event.type === 'final' && stops()) return screen.clear();
      const text = player.follow(event, depth);
      const notice = text === undefined ? [] : [{ type: 'notice' as const, text }];
      const isLast = event.type === 'final';
      for (const each of isLast ? [...notice, event] : [event, ...notice]) {
        await screen.show(each, depth);
      }
    },
  };
  const conversation = openConversation(thoughtful, {
    ...workspace,
    session,
    model,
    modelNamed: () => model,
    view,
    heard: () => player.takeHeard(),
    ask: asked.ask,
  });
  await showWelcome(thoughtful, conversation, workspace.snapshot);
  const replayed: Replayed = { code: EXIT.answered, requests: 0, differences: 0 };
  for (const item of recording.items) {
    if (replayed.requests > 0 && terminal.isTerminal && !isStopped()) await wait();
    if (isStopped()) break;
    stdout.write(`\n${shownItem(item)}\n`);
    if (item.type === 'reset') conversation.agent.reset();
    if (item.type !== 'request') continue;
    player.begin(item);
    replayed.requests++;
    const { request: text, files } = item;
    await askOnce({ request: text, files, conversation, terminal, view });
  }
  conversation.close();
  if (isStopped() && !stops()) replayed.code = EXIT.interrupted;
  if (stops()) {
    stdout.write('You said no, so it did not run. A model would adapt; a recording cannot.\n');
  }
  const { root } = workspace.snapshot;
  stdout.write(`\nRepository: ${escapeLine(root)}\nSession: ${escapeLine(session.path)}\n`);
  return { ...replayed, differences: player.differences };

  function wait(): Promise<void> {
    return interrupts.during(async (signal) => {
      running = signal;
      await delay(NEXT_MS, undefined, { signal }).catch(() => undefined);
    });
  }
}

/** What the person did, as they typed it. Only requests and `/clear` are done again. */
function shownItem(item: RecordedItem): string {
  switch (item.type) {
    case 'request':
      return PROMPT + escapeForTerminal(item.request);
    case 'command': {
      const output = escapeForTerminal(clip(item.content, OUTPUT_CHARS));
      return `${PROMPT}!${escapeLine(item.command)}\n${output}\n(recorded, not run)`;
    }
    case 'reset':
      return `${PROMPT}/clear`;
    case 'undo':
    case 'redo':
      return `${PROMPT}/${item.type}\n(recorded, not done)`;
  }
}

/** Asks as `ask` does, about each call anew. `denied` is called at a no that is no interrupt. */
export function askedEachTime(ask: Ask, denied: () => void) {
  const asked = {
    wasDenied: false,
    ask: async (...[call, signal]: Parameters<Ask>): Promise<ApprovalAnswer> => {
      const answer = await ask({ ...call, isEachTime: true, beginning: undefined }, signal);
      if (!('allowed' in answer)) return answer;
      if (answer.allowed) return { allowed: true };
      if (!signal.aborted) {
        asked.wasDenied = true;
        denied();
      }
      return answer;
    },
  };
  return asked;
}
