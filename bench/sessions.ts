/** Deterministic sessions with a scripted model, and what their prompts would cost a prefix cache. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildAgent } from '../src/agent/build-agent.ts';
import { replyRoom } from '../src/agent/reply-room.ts';
import { Thinking } from '../src/agent/thinking.ts';
import { ContextWindow } from '../src/context/window.ts';
import { childEnvironment } from '../src/tools/shell/environment.ts';
import { ChatTemplate } from '../src/model/ollama/chat-template.ts';
import { ScriptedModel } from '../src/model/scripted.ts';
import { sharedPrefix } from '../src/prompt/cache-stats.ts';
import { SessionStore } from '../src/session/store.ts';
import { Approvals } from '../src/tools/approval.ts';
import { allTools } from '../src/tools/index.ts';
import { takeSnapshot } from '../src/workspace/snapshot.ts';

const FILES = 20;
const FUNCTIONS = 6;
/** Lines of a file: seven a function. */
const LINES = 7 * FUNCTIONS;
/** How the scripted model counts: about as tokenizers do in source code. */
const CHARS_PER_TOKEN = 3.5;

/**
 * A workspace of 20 source files of 42 lines, about 1,400 characters each, with a README and a
 * package.json; the same at every run.
 */
export function makeWorkspace(): string {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'mca-bench-')));
  const readme = Array.from(
    { length: 20 },
    (_, row) => `Table ${row} holds the cells of module${row}.ts.`,
  );
  fs.writeFileSync(path.join(root, 'README.md'), `# Tables\n\n${readme.join('\n')}\n`);
  const manifest = { name: 'tables', type: 'module', scripts: { test: 'node --test' } };
  fs.writeFileSync(path.join(root, 'package.json'), JSON.stringify(manifest, null, 2));
  for (let file = 0; file < FILES; file++) {
    const text = Array.from({ length: FUNCTIONS }, (_, index) => functionText(file, index)).join(
      '',
    );
    fs.writeFileSync(path.join(root, `module${file}.ts`), text);
  }
  return root;
}

function functionText(file: number, index: number): string {
  return [
    `/** The total of row ${index} in table ${file}, without the empty cells. */`,
    `export function total_${file}_${index}(cells: Cell[]): number {`,
    '  let total = 0;',
    '  for (const cell of cells) {',
    `    if (!cell.isEmpty) total += cell.value * ${index + 1};`,
    '  }',
    '  return total; }\n',
  ].join('\n');
}

/** The call of a session at this step: mostly reads, sometimes a patch or a search. */
function callOf(step: number): string {
  const file = (step * 7) % FILES;
  const name = `module${file}.ts`;
  if (step % 10 === 8) return call('search', { pattern: `total_${file}`, path: '.' });
  if (step % 10 === 9) {
    const old_text = `function total_${file}_${step % FUNCTIONS}(`;
    const new_text = `function sum_${file}_${step}(`;
    return call('patch_file', { path: name, old_text, new_text });
  }
  return call('read_file', { path: name, start: 1 + (step % 5), end: LINES });
}

function call(name: string, args: Record<string, unknown>): string {
  return `<tool>${JSON.stringify({ name, args })}</tool>`;
}

/** The text of the request with this number. */
export const REQUEST = (index: number): string =>
  `Request ${index}: look through the modules and rename what is named badly.`;

/** The replies for this many requests, each with this many model calls, of which the last answers. */
export function repliesOf(requests: number, callsEach: number): string[] {
  const steps = callsEach - 1;
  return Array.from({ length: requests }, (_, request) => [
    ...Array.from({ length: steps }, (__, step) => callOf(request * steps + step)),
    '<final>Done.</final>',
  ]).flat();
}

/** An agent in a session of its own, with whatever it asks for allowed. @param numCtx in tokens */
export async function startAgent(
  root: string,
  model: ScriptedModel,
  steps: number,
  numCtx?: number,
) {
  const env = childEnvironment(process.env);
  const store = new SessionStore({ workspaceRoot: root, warn: console.error });
  const session = store.create('scripted');
  const agent = buildAgent({
    model,
    tools: allTools,
    window: new ContextWindow(numCtx),
    snapshot: await takeSnapshot(root, env),
    look: () => takeSnapshot(root, env),
    env,
    approvals: new Approvals('auto'),
    keep: () => Promise.resolve(),
    ask: () => Promise.resolve({ allowed: true }),
    settings: {
      maxSteps: steps + 1,
      replyRoom: replyRoom(undefined, numCtx),
      thinking: new Thinking(),
    },
    session,
    childSession: () => store.create('scripted', session.id),
    showOutput: () => undefined,
    showChild: () => undefined,
    version: '0',
  });
  return { agent, session };
}

/** What a session cost. */
export interface SessionCost {
  calls: number;
  compactions: number;
  /** The share of each prompt, except the first, that repeats the previous one. */
  meanReuse: number;
  worstReuse: number;
  sentChars: number;
  /** Characters sent beyond what each prompt shares with the previous one and its reply. */
  evaluatedChars: number;
  /** Characters from where a prompt differs from the previous one to that one's end; within epochs. */
  medianCut: number;
  worstCut: number;
  /** The program's own work on prompts, replies and records; without model and tools. */
  msPerStep: number;
  bytesPerRecord: number;
}

/** Runs `requests` requests of `steps` tool calls each. */
export async function runSession(requests: number, steps: number): Promise<SessionCost> {
  const root = makeWorkspace();
  const replies = repliesOf(requests, steps + 1);
  const model = new ScriptedModel(replies, { charsPerToken: CHARS_PER_TOKEN });
  const { agent, session } = await startAgent(root, model, steps);
  let compactions = 0;
  let toolMs = 0;
  const afterCompaction = new Set<number>();
  const start = performance.now();
  for (let request = 0; request < requests; request++) {
    for await (const event of agent.ask(REQUEST(request), new AbortController().signal)) {
      if (event.type === 'tool_end') toolMs += event.elapsedMs;
      if (event.type !== 'compacted') continue;
      compactions++;
      afterCompaction.add(model.requests.length);
    }
  }
  const ms = performance.now() - start - toolMs;
  session.close();
  const log = fs.readFileSync(session.path, 'utf8');
  fs.rmSync(root, { recursive: true, force: true });

  // As sent to a server without a template: what counts is where two prompts differ.
  const prompts = model.requests.map(({ turns }) => ChatTemplate.plain.render(turns));
  const pairs = prompts.slice(1).map((prompt, index) => {
    const before = prompts[index] ?? '';
    const shared = sharedPrefix(prompt, before + (replies[index] ?? ''));
    const cut = Math.max(0, before.length - shared);
    return { length: prompt.length, shared, cut, inEpoch: !afterCompaction.has(index + 1) };
  });
  const cuts = pairs.filter(({ inEpoch }) => inEpoch).map(({ cut }) => cut);
  const reuse = pairs.map(({ shared, length }) => shared / length);
  const sentChars = prompts.reduce((sum, prompt) => sum + prompt.length, 0);
  return {
    calls: prompts.length,
    compactions,
    meanReuse: reuse.reduce((sum, share) => sum + share, 0) / reuse.length,
    worstReuse: Math.min(...reuse),
    sentChars,
    evaluatedChars: sentChars - pairs.reduce((sum, { shared }) => sum + shared, 0),
    medianCut: median(cuts),
    worstCut: Math.max(...cuts),
    msPerStep: ms / (requests * steps),
    bytesPerRecord: log.length / log.split('\n').length,
  };
}

/** The median of the values; the upper one of two, and NaN without any. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
