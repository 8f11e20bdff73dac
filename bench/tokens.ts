/**
 * `npm run bench:tokens -- --engine URL [--original FILE] [--prefill]`: what the program sends, in
 * tokens of a real model: its first prompt, a result of each kind, and what a session of 20 steps has
 * a server evaluate, by the rules of each cache. With `--prefill` that server evaluates it, too.
 */
import fs from 'node:fs';
import { KvCache, type Architecture } from '../test/support/ollama/kv-cache.ts';
import { final } from '../test/support/ollama-server.ts';
import { fail, readFlags } from './flags.ts';
import { LlamaServer } from './llama-server.ts';
import { programsWith, THIS } from './programs.ts';
import { kindsOf } from './tokens/kinds.ts';
import {
  play,
  repositoryOfSources,
  twentySteps,
  type Call,
  type Repository,
} from './tokens/session.ts';

const ARCHITECTURES: Architecture[] = ['plain', 'sliding', 'hybrid'];
const NUM_CTX = 16_384;

const { values: flags } = readFlags({
  engine: { type: 'string' },
  original: { type: 'string' },
  prefill: { type: 'boolean' },
});
if (flags.engine === undefined)
  fail('Name a llama.cpp server that runs: --engine http://127.0.0.1:8080');
const engine = new LlamaServer(flags.engine);
const model = await engine
  .model()
  .catch((error: unknown) =>
    fail(`No llama.cpp server answers at ${flags.engine}: ${String(error)}`),
  );
console.log(`tokens of ${model}`);
for (const program of programsWith(flags.original)) {
  const calls = await inRepository((repository) =>
    play(program, repository.root, twentySteps(repository)),
  );
  console.log(`\n${program.name}`);
  await printFirstPrompt(calls);
  await printEvaluated(calls);
}
await inRepository(printKinds);

async function inRepository<Result>(use: (repository: Repository) => Promise<Result>) {
  const repository = repositoryOfSources();
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
    if (flags.prefill) here += (await engine.evaluate(prompt, reply)).prompt_n;
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
  const calls = await play(THIS, repository.root, [...replies, final('Done.')]);
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
