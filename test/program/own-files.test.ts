/** A session goes on while its own files are replaced: by a build, or by an update. */
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { final, toolCall } from '../support/ollama-server.ts';
import { BIN, scriptedServer } from '../support/program.ts';
import { AT_PROMPT, openTerminal } from '../support/terminal.ts';
import { temporaryFolder, temporaryRepository } from '../support/workspace.ts';

it('at the prompt the program has read all of its own files that it needs, and works without them', async () => {
  const folder = path.join(temporaryFolder(), 'dist');
  fs.cpSync(path.dirname(BIN), folder, { recursive: true });
  const root = temporaryRepository({ 'src/a.ts': 'one\n' });
  const server = await scriptedServer([
    toolCall('list_files', { path: 'src', glob: '*.ts' }),
    toolCall('write_file', { path: 'b.ts', content: 'two\n' }),
    toolCall('run_shell', { command: 'cat b.ts' }),
    final('**Done**:\n\n```js\nconst a = 1;\n```'),
  ]);
  const env = { OLLAMA_HOST: server.url };
  const terminal = openTerminal([process.execPath, path.join(folder, 'cli.cjs')], root, { env });
  await terminal.waitFor(AT_PROMPT);
  fs.rmSync(folder, { recursive: true });

  terminal.type('write b\r');
  await terminal.waitFor(/\+two[^]*\[y\/N/);
  terminal.type('y\r');
  await terminal.waitFor(/cat b.ts[^]*\[y\/N/);
  terminal.type('y\r');
  await terminal.waitFor(/\nDone:\n\n```js\nconst a = 1;\n```\n[^]*\nmini-coding-agent>$/);
  expect(terminal.screen()).not.toContain('bug');
});
