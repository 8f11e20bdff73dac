/** `npm run bench:tasks` against a server: what it counts, how it ends, and who does the tasks. */
import fs from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { describe, expect, it, onTestFinished } from 'vitest';
import { tasks } from '../../bench/tasks/index.ts';
import { startMeter } from '../../bench/tasks/meter.ts';
import { readOptions } from '../../bench/tasks/options.ts';
import { runTasks } from '../../bench/tasks/run.ts';
import { call } from '../../bench/tasks/task.ts';
import { openaiServer } from '../support/program.ts';
import { hasBubblewrap } from '../support/sandbox.ts';
import { startFakeOllama, type ScriptedReply } from '../support/ollama-server.ts';
import { inStress } from '../support/stress.ts';
import { never, temporaryFolder } from '../support/workspace.ts';

const TASK = tasks.find(({ name }) => name === 'edit-wagon-limit') ?? expect.fail('no such task');

const SANDBOX = hasBubblewrap ? [] : ['--unconfined'];

interface Run {
  host?: string;
  flags?: string[];
  signal?: AbortSignal;
  taskMs?: number;
}

async function run({ host = '', flags = [], signal = never, taskMs }: Run) {
  const given = ['--host', host, '--model', 'qwen3.5:4b', ...SANDBOX, ...flags];
  const options = { ...readOptions(given, 6), ...(taskMs !== undefined && { taskMs }) };
  const meter = await startMeter(options.host, options.seed);
  onTestFinished(() => meter.close());
  const results = [];
  for await (const result of runTasks([TASK], options, meter, signal)) results.push(result);
  return results;
}

async function serve(replies: readonly ScriptedReply[]) {
  const server = await startFakeOllama([...replies], { charsPerToken: 4 });
  onTestFinished(() => server.close());
  return server;
}

describe('a run of tasks', () => {
  it('solves a task, counts the calls and sends the seed with each', async () => {
    const { calls, url } = await serve(TASK.solution);
    const [result] = await run({ host: url, flags: ['--seed', '7'] });
    expect(result).toMatchObject({ solved: true, end: 'answer', validCalls: 2, calls: 3 });
    expect(calls.map(({ body }) => body['options'])).toEqual(
      calls.map(() => expect.objectContaining({ seed: 7 })),
    );
    const { sent = 0, evaluated = 0, generated = 0 } = result ?? {};
    expect(sent).toBeGreaterThan(evaluated);
    // Each prompt extends the last one: only the first is evaluated whole.
    expect(evaluated).toBeLessThan(sent / 2);
    expect(generated).toBeGreaterThan(0);
  });

  it('solves it with an OpenAI-compatible server, too, and counts what that evaluated', async () => {
    const { calls, url } = await openaiServer([...TASK.solution], { models: ['qwen3.5:4b'] });
    const [result] = await run({ host: url, flags: ['--seed', '7'] });
    expect(result).toMatchObject({ solved: true, end: 'answer', calls: 3 });
    expect(calls.map(({ body }) => body['seed'])).toEqual([7, 7, 7]);
    expect(result?.evaluated).toBeLessThan((result?.sent ?? 0) / 2);
  });

  it('says what is not as it must be, and removes the repository', async () => {
    const { url, calls } = await serve([
      call('couple', { wagons: 3 }),
      call('read_file', { wagons: 3 }),
      '<final>I would set it to 3.</final>',
    ]);
    expect(await run({ host: url })).toEqual([
      expect.objectContaining({
        solved: false,
        problems: ['src/depot.rs does not hold what it must'],
        validCalls: 0,
        calls: 3,
      }),
    ]);
    const [root = ''] = /\/\S*mca-task-\w+/.exec(calls[0]?.prompt ?? '') ?? [];
    expect(path.basename(root)).toMatch(/^mca-task-/);
    expect(fs.existsSync(root)).toBe(false);
  });

  it('ends where the server cannot be reached', async () => {
    const gone = await startFakeOllama();
    await gone.close();
    await expect(run({ host: gone.url })).rejects.toThrow(`${gone.url} cannot be reached`);
  });

  it('has no result of a task that is stopped, and begins no other', async () => {
    const stop = new AbortController();
    const { url, arrived, calls } = await serve([{ silent: true }, ...TASK.solution]);
    const ended = run({ host: url, signal: stop.signal });
    await arrived(0);
    stop.abort();
    expect(await ended).toEqual([]);
    expect(await run({ host: url, signal: stop.signal })).toEqual([]);
    expect(calls).toHaveLength(1);
  });

  it('does not wait for a task for ever', async () => {
    const { url } = await serve([{ silent: true }]);
    const [result] = await run({ host: url, taskMs: 50 });
    expect(result).toMatchObject({ solved: false, end: 'too slow' });
  });
});

inStress('is continued by the same command, which prints the tables of all results', async () => {
  const { url, calls } = await serve([
    '<final>No.</final>',
    '<final>No.</final>',
    '<final>No.</final>',
  ]);
  const file = path.join(temporaryFolder(), 'results.jsonl');
  const command = async (limit: string) => {
    const flags = ['--host', url, '--model', 'qwen3.5:4b', '--json', file, '--limit', limit];
    const { stdout } = await execa('npx', ['tsx', 'bench/tasks.ts', ...flags, ...SANDBOX]);
    return stdout;
  };
  expect(await command('2')).toMatch(
    /2 of 2 tasks to do\n[^]*\| qwen3\.5:4b \| all parts \| 0 of 2 /,
  );
  expect(await command('3')).toMatch(
    /1 of 3 tasks to do\n[^]*\| qwen3\.5:4b \| all parts \| 0 of 3 /,
  );
  expect(calls).toHaveLength(3);
});

/** Asks the server once and keeps a session as the original does. */
const STAND_IN = `
import json, os, sys, urllib.request
host, model, request = sys.argv[2], sys.argv[4], sys.argv[-1]
body = json.dumps({"model": model, "prompt": request, "stream": False}).encode()
asked = urllib.request.Request(host + "/api/generate", data=body, headers={"Content-Type": "application/json"})
answer = json.loads(urllib.request.urlopen(asked).read())["response"]
text = open("src/depot.rs").read()
open("src/depot.rs", "w").write(text.replace("usize = 2", answer))
os.makedirs(".mini-coding-agent/sessions")
history = [
    {"role": "user", "content": request},
    {"role": "tool", "name": "x", "args": {}, "content": "error: unknown tool 'x'"},
    {"role": "tool", "name": "patch_file", "args": {}, "content": "patched"},
    {"role": "assistant", "content": "Done."},
]
json.dump({"history": history}, open(".mini-coding-agent/sessions/1.json", "w"))
`;

describe('the original', () => {
  it('does the same tasks, is counted in the same way, and needs no file in the repository', async () => {
    const file = path.join(temporaryFolder({ 'original.py': STAND_IN }), 'original.py');
    const { url, calls } = await serve(['usize = 3']);
    const [result] = await run({ host: url, flags: ['--original', file] });
    expect(result).toMatchObject({ who: 'the original', solved: true, validCalls: 1, calls: 1 });
    expect(calls[0]?.body).toMatchObject({ prompt: TASK.request, options: { seed: 1 } });
  });

  inStress('has no answer where it fails', async () => {
    const file = path.join(
      temporaryFolder({ 'original.py': 'raise SystemExit(3)' }),
      'original.py',
    );
    const { url } = await serve([]);
    const [result] = await run({ host: url, flags: ['--original', file] });
    expect(result).toMatchObject({ solved: false, end: 'exit 3', calls: 0 });
  });
});
