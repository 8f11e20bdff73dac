/** A session goes on while its own files are replaced: by a build, or by an update. */
import fs from 'node:fs';
import path from 'node:path';
import { expect, it, vi } from 'vitest';
import { final, toolCall } from '../support/ollama-server.ts';
import { BIN, scriptedServer } from '../support/program.ts';
import { AT_PROMPT, openTerminal } from '../support/terminal.ts';
import { temporaryFolder, temporaryRepository } from '../support/workspace.ts';

/** Tells in the file LOADED of each module of the program that has run. */
const HOOKS = `export async function load(url, context, next) {
    const loaded = await next(url, context);
    if (!url.includes('/dist/')) return loaded;
    const tell = "process.getBuiltinModule('fs').appendFileSync(process.env.LOADED, import.meta.url + '\\\\n')";
    return { ...loaded, source: loaded.source + '\\n;' + tell };
  }`;
const asUrl = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;
const TELLING = `--import=${asUrl(`import { register } from 'node:module'; register(${JSON.stringify(asUrl(HOOKS))});`)}`;

/** A copy of the built program. */
function copiedProgram() {
  const folder = path.join(temporaryFolder(), 'dist');
  fs.cpSync(path.dirname(BIN), folder, { recursive: true });
  // Without it, node would take the files for CommonJS.
  fs.writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
  return folder;
}

/** What a flag asks for is loaded at the start: what --output-format needs, and the client for /v1. */
const AT_START = /^(?:json-output|openai|server)-/;

/** The files that the program imports while it runs. */
function partsIn(folder: string): string[] {
  return fs
    .readdirSync(folder)
    .filter((name) => name.endsWith('.js') && name !== 'index.js')
    .flatMap((name) => [
      ...fs.readFileSync(path.join(folder, name), 'utf8').matchAll(/\bimport\("\.\/([^"]+)"\)/g),
    ])
    .flatMap(([, name = '']) => (AT_START.test(name) ? [] : [name]));
}

it('at the prompt it has loaded all that it will need, and works without its files', async () => {
  const folder = copiedProgram();
  const parts = partsIn(folder);
  expect(parts.length).toBeGreaterThan(3);
  const loaded = path.join(temporaryFolder({ loaded: '' }), 'loaded');
  const root = temporaryRepository({ 'src/a.ts': 'one\n' });
  const server = await scriptedServer([
    toolCall('list_files', { path: 'src', glob: '*.ts' }),
    toolCall('write_file', { path: 'b.ts', content: 'two\n' }),
    final('**Done**:\n\n```js\nconst a = 1;\n```'),
  ]);
  const env = { OLLAMA_HOST: server.url, NODE_OPTIONS: TELLING, LOADED: loaded };
  const terminal = openTerminal([process.execPath, path.join(folder, 'cli.js')], root, { env });
  await terminal.waitFor(AT_PROMPT);
  const isLoaded = (name: string) => fs.readFileSync(loaded, 'utf8').includes(`/dist/${name}\n`);
  await vi.waitUntil(() => parts.every(isLoaded), 10_000);
  fs.rmSync(folder, { recursive: true });

  terminal.type('write b\r');
  await terminal.waitFor(/\+two[^]*\[y\/N/);
  terminal.type('y\r');
  await terminal.waitFor(/\nDone:\n\n```js\nconst a = 1;\n```\n[^]*\nmini-coding-agent>$/);
  expect(terminal.screen()).not.toContain('bug');
});
