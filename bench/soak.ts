/**
 * `npm run soak -- [REQUESTS]`: one conversation of many requests through the built program, with
 * tools, faults of the server and interrupts at random moments. It ends with exit code 1 if a record
 * was lost, or if a descriptor, a process or memory was leaked.
 */
import fs from 'node:fs';
import path from 'node:path';
import { startFakeOllama } from '../test/support/ollama-server.ts';
import { readFlags } from './flags.ts';
import { filesAtStart } from './script.ts';
import { Conversation, type Shown } from './soak/conversation.ts';
import { planFor, plans, reply, seed } from './soak/plan.ts';
import { settledState } from './soak/process.ts';
import { makeFolder } from './tasks/repository.ts';

/** How much memory may grow after the warm-up before it counts as leaked, in MiB. */
const GROWTH_MIB = 48;

const [count = '2000'] = readFlags({}, { allowPositionals: true }).positionals;
const requests = Number(count);
/** By then V8's heap has settled. */
const WARM_UP = 200;
if (!(requests > WARM_UP)) {
  console.error(`The number of requests must be above ${WARM_UP}, not ${count}.`);
  process.exit(2);
}

/** Counts the requests whose records differ from what was shown. */
function lostIn(root: string, shown: readonly Shown[]): number {
  const folder = path.join(root, '.mini-coding-agent/sessions');
  const logged = fs
    .readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => fs.readFileSync(path.join(folder, name), 'utf8').split('\n'))
    .filter(([header = '']) => header.includes('"parent":null'))
    .flatMap((lines) => lines.slice(1, -1));
  const told: Shown[] = [];
  for (const line of logged) {
    const { type, name, content } = JSON.parse(line) as Record<string, string>;
    const last = told.at(-1);
    if (type === 'user') {
      if (content !== `request ${told.length}`) throw new Error(`${content}, not ${told.length}`);
      told.push({ tools: [], end: '' });
    } else if (type === 'tool') last?.tools.push(name ?? '');
    else if (type === 'assistant' && last) last.end = content?.split('\n').at(-1) ?? '';
  }
  const differs = shown.flatMap((each, index) =>
    JSON.stringify(each) === JSON.stringify(told[index])
      ? []
      : [{ index, each, told: told[index] }],
  );
  for (const each of differs.slice(0, 3)) console.error('shown and told:', JSON.stringify(each));
  return differs.length;
}

function print(name: string, value: string | number): void {
  console.log(`${name.padEnd(36)}${String(value).padStart(12)}`);
}

const start = performance.now();
const root = makeFolder(filesAtStart());
const server = await startFakeOllama([], { whenEmpty: reply });
const conversation = new Conversation(root, server.url);
await conversation.prompt();
const shown: Shown[] = [];
const counts = { answer: 0, fault: 0, interrupt: 0 };
let before: Awaited<ReturnType<typeof settledState>>;
for (let request = 0; request < requests; request++) {
  if (request === WARM_UP) before = await settledState(conversation.pid, root);
  const plan = planFor(request);
  plans.set(request, plan);
  shown.push(await conversation.ask(request, plan));
  plans.delete(request);
  counts[plan.ending]++;
}
const after = await settledState(conversation.pid, root);
const code = await conversation.close();
await server.close();
const lost = lostIn(root, shown);
const messages = conversation.stderr.split('\n').length - 1;

print('requests', requests);
print('faults of the server', counts.fault);
print('interrupts', counts.interrupt);
print(
  'tools run',
  shown.reduce((sum, { tools }) => sum + tools.length, 0),
);
print('records lost', lost);
const fds = after && before ? after.fds - before.fds : 0;
const growth = after && before ? after.mib - before.mib : 0;
if (after && before) {
  print('descriptors leaked', fds);
  print('processes leaked', after.children.length);
  print(`memory after ${WARM_UP} requests, MiB`, before.mib.toFixed(1));
  print('memory at the end, MiB', after.mib.toFixed(1));
} else {
  print('descriptors, processes, memory', 'not known: there is no /proc');
}
print('seconds', ((performance.now() - start) / 1000).toFixed(1));
const isWell =
  code === 0 &&
  lost === 0 &&
  fds <= 0 &&
  (after?.children.length ?? 0) === 0 &&
  growth <= GROWTH_MIB &&
  messages === counts.fault;
if (!isWell) {
  console.error(
    `It ended with ${String(code)}, after ${messages} messages; the workspace is kept in ${root}.`,
  );
  console.error(`Again: MCA_SEED=${seed} npm run soak -- ${requests}`);
  process.exitCode = 1;
} else {
  fs.rmSync(root, { recursive: true, force: true });
}
