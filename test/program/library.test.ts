/** The library as people get it: from the tarball, with its types, and the examples. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { final, startFakeOllama, toolCall } from '../support/ollama-server.ts';
import { inStress, some } from '../support/stress.ts';
import { temporaryFolder } from '../support/workspace.ts';

const REPOSITORY = path.resolve(import.meta.dirname, '../..');
const MODULES = path.join(REPOSITORY, 'node_modules');

const CONSUMER = `
import { createAgent, defaultTools, defineTool, ModelError, ollama, ScriptedModel } from 'mini-coding-agent';
import type { AgentEvent, Model, SessionRecord, Tool } from 'mini-coding-agent';
import * as z from 'zod';

const handlers = process.eventNames().join();
const hush: Tool = defineTool({
  name: 'hush', description: 'Says nothing.', risky: true, args: z.object({ seconds: z.number() }),
  example: '<tool>{"name":"hush","args":{"seconds":1}}</tool>',
  run: async ({ seconds }) => 'hushed for ' + seconds.toFixed(1),
});
const model: Model = new ScriptedModel([hush.example, '<final>Hushed.</final>']);
// @ts-expect-error a model is required
const wrong = () => createAgent({ root: '.' });
const agent = await createAgent({
  root: '.', model, tools: [...defaultTools, hush], approve: async (call) => ({ allowed: call.risky }),
});
const seen: AgentEvent['type'][] = [];
for await (const event of agent.ask('hush')) {
  seen.push(event.type);
  if (event.type === 'final') console.log(event.text);
}
agent.close();
const records: SessionRecord[] = agent.session.state.entries.map(({ record }) => record);
const kinds: [string, boolean, typeof wrong] = [ollama('m').name, new ModelError('timeout', '') instanceof Error, wrong];
console.log(seen.includes('tool_end'), records.length, kinds.slice(0, 2).join(), handlers === process.eventNames().join());
`;

/** A project with the package unpacked from its tarball, and only what it depends on beside it. */
function makeConsumer(tarball: string, resolution: 'nodenext' | 'bundler'): string {
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    target: 'es2023',
    module: resolution === 'nodenext' ? 'nodenext' : 'esnext',
    moduleResolution: resolution,
    types: ['node'],
    // Once is enough to check everything that the package's declarations import.
    skipLibCheck: resolution === 'bundler',
  };
  const folder = temporaryFolder({
    'package.json': JSON.stringify({ type: 'module' }),
    'main.ts': CONSUMER,
    'tsconfig.json': JSON.stringify({ compilerOptions, files: ['main.ts'] }),
  });
  const modules = path.join(folder, 'node_modules');
  fs.mkdirSync(path.join(modules, '@types'), { recursive: true });
  for (const name of [...Object.keys(packageJson.dependencies), '@types/node']) {
    fs.symlinkSync(path.join(MODULES, name), path.join(modules, name));
  }
  fs.cpSync(tarball, path.join(modules, packageJson.name), { recursive: true });
  return folder;
}

describe('the packed library', () => {
  let unpacked: string;

  beforeAll(async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mca-packed-'));
    const args = ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder];
    const { stdout } = await execa('npm', args, { cwd: REPOSITORY });
    await execa('tar', ['xzf', stdout.trim()], { cwd: folder });
    unpacked = path.join(folder, 'package');
    return () => fs.rmSync(folder, { recursive: true });
  });

  it.each(some(1, ['bundler', 'nodenext'] as const))(
    'has types that hold in a strict project, resolved as %s, and runs there',
    async (resolution) => {
      const cwd = makeConsumer(unpacked, resolution);
      const tsc = await execa(path.join(MODULES, '.bin/tsc'), [], { cwd, reject: false });
      expect(tsc.stdout).toBe('');
      const run = await execa(process.execPath, ['main.js'], { cwd, reject: false });
      expect(run.stderr).toBe('');
      expect(run.stdout).toBe('Hushed.\ntrue 5 m,true true');
    },
    60_000,
  );

  it('contains only what people who install it run or read', () => {
    const names = fs.readdirSync(unpacked);
    const texts = ['CHANGELOG.md', 'LICENSE', 'NOTICE', 'README.md'];
    expect(names.toSorted()).toEqual([...texts, 'dist', 'package.json']);
    expect(fs.readdirSync(path.join(unpacked, 'dist'))).toContain('THIRD-PARTY-LICENSES');
  });
});

/** Runs an example in its own folder. */
async function runExample(name: string, cwd: string, env: NodeJS.ProcessEnv = {}) {
  const file = path.join(REPOSITORY, 'examples', name);
  const options = { cwd, env, reject: false, timeout: 20_000 };
  return execa(path.join(MODULES, '.bin/tsx'), [file], options);
}

describe('the examples', () => {
  inStress('hello.ts asks a model about the folder', async () => {
    const server = await startFakeOllama([toolCall('list_files'), final('It holds a.txt.')]);
    const cwd = temporaryFolder({ 'a.txt': 'a' });
    const { stdout, stderr } = await runExample('hello.ts', cwd, { OLLAMA_HOST: server.url });
    expect(stderr).toBe('');
    expect(stdout).toBe('→ list_files\nIt holds a.txt.');
  });

  inStress('hello.ts says what to do without a server', async () => {
    const cwd = temporaryFolder();
    const { stderr, exitCode } = await runExample('hello.ts', cwd, { OLLAMA_HOST: '127.0.0.1:1' });
    expect(stderr).toMatch(/^\S[^\n]*127\.0\.0\.1:1[^\n]*$/);
    expect(exitCode).toBe(1);
  });

  inStress('own-tool.ts has its tool called by its model', async () => {
    const { stdout, stderr } = await runExample('own-tool.ts', temporaryFolder());
    expect(stderr).toBe('');
    expect(stdout).toMatch(/It is \d\d:\d\d:\d\d\./);
  });

  it.each(fs.readdirSync(path.join(REPOSITORY, 'examples')))('%s has at most 30 lines', (name) => {
    const text = fs.readFileSync(path.join(REPOSITORY, 'examples', name), 'utf8');
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(30);
  });
});
