/**
 * `npm run bench:tokens -- --engine URL [--original FILE] [--prefill]`: what the program sends, in
 * tokens of a real model: its first prompt, a result of each kind, and what a session of 20 steps has
 * a server evaluate, by the rules of each cache. With `--prefill` that server evaluates it, too.
 */
import fs from 'node:fs';
import { KvCache, type Architecture } from '../test/support/ollama/kv-cache.ts';
import { readFlags } from './flags.ts';
import { Engine } from './tokens/engine.ts';
import { kindsOf } from './tokens/kinds.ts';
import { makeRepository, play, twentySteps, type Call, type Repository } from './tokens/session.ts';

const ARCHITECTURES: Architecture[] = ['plain', 'sliding', 'hybrid'];
const NUM_CTX = 16_384;

const { values: flags } = readFlags({
  engine: { type: 'string' },
  original: { type: 'string' },
  prefill: { type: 'boolean' },
});
if (flags.engine === undefined) {
  console.error('Name a llama.cpp server that runs: --engine http://127.0.0.1:8080');
  process.exit(2);
}
const engine = new Engine(flags.engine);
const model = await engine.model().catch((error: unknown) => {
  console.error(`No llama.cpp server answers at ${flags.engine}: ${String(error)}`);
  return process.exit(1);
});
console.log(`tokens of ${model}`);
const whos: [string, string | undefined][] = [['this program', undefined]];
if (flags.original !== undefined) whos.push(['the original', flags.original]);
for (const [name, original] of whos) {
  const calls = await inRepository((repository) =>
    play(repository.root, twentySteps(repository), original),
  );
  console.log(`\n${name}`);
  await printFirstPrompt(calls);
  await printEvaluated(calls);
}
await inRepository(printKinds);

async function inRepository<Result>(use: (repository: Repository) => Promise<Result>) {
  const repository = makeRepository();
  try {
    return await use(repository);
  } finally {
    fs.rmSync(repository.root, { recursive: true });
  }
}

/** The first prompt, by piece. The pieces are counted alone, so that their sum is not quite the whole. */
async function printFirstPrompt([first]: Call[]): Promise<void> {
  if (!first) return;
  print('first prompt', [await engine.count(await engine.render(first.turns))]);
  const [system, ...others] = first.turns;
  const request = others.pop();
  if (!system || !request) return;
  for (const part of system.content.split(/\n\n(?=Rules:|Tools:|Workspace:)/)) {
    const [name = ''] = /^(?:Rules|Tools|Workspace)/.exec(part) ?? ['introduction'];
    print(`  ${name.toLowerCase()}`, [await engine.count(part)]);
  }
  const rest = { examples: others, request: [request] };
  for (const [name, turns] of Object.entries(rest)) {
    const counts = await Promise.all(turns.map(({ content }) => engine.count(content)));
    print(`  ${name}`, [counts.reduce((sum, count) => sum + count, 0)]);
  }
}

/** What a server evaluates: by the rules of each cache, and this server. */
async function printEvaluated(calls: Call[]): Promise<void> {
  const caches = ARCHITECTURES.map((architecture) => new KvCache(architecture));
  const evaluated = ARCHITECTURES.map(() => 0);
  let [sent, here] = [0, 0];
  for (const { turns, reply } of calls) {
    const prompt = await engine.render(turns);
    const tokens = await engine.tokens(prompt);
    const replied = await engine.tokens(reply);
    sent += tokens.length;
    for (const [at, cache] of caches.entries()) {
      cache.load(NUM_CTX);
      evaluated[at] = (evaluated[at] ?? 0) + cache.evaluate(tokens);
      cache.generated(replied);
    }
    if (flags.prefill) here += await engine.evaluate(prompt, reply);
  }
  print(`sent in ${calls.length} calls`, [sent]);
  for (const [at, name] of ARCHITECTURES.entries())
    print(`  evaluated, ${name}`, [evaluated[at] ?? 0]);
  if (flags.prefill) print('  evaluated by this server', [here]);
}

/** Each kind of result: its tokens, those of what is content, and those around it. */
async function printKinds(repository: Repository): Promise<void> {
  const kinds = kindsOf(repository);
  const replies = kinds.map(({ reply }) => reply);
  const calls = await play(repository.root, [...replies, '<final>Done.</final>']);
  print('\nresult', ['tokens', 'content', 'around']);
  for (const [at, { name, around }] of kinds.entries()) {
    const result = calls[at + 1]?.turns.at(-1)?.content ?? '';
    const whole = await engine.count(result);
    const content = await engine.count(result.replace(around, ''));
    print(`  ${name}`, [whole, content, whole - content]);
  }
}

function print(name: string, values: (string | number)[]): void {
  const cells = values.map((value) => value.toLocaleString('en').padStart(12));
  console.log(name.padEnd(32) + cells.join(''));
}
