/** The output of a command that runs, as a person sees it. */
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { final, toolCall } from '../support/ollama-server.ts';
import { some } from '../support/stress.ts';
import { BIN, scriptedServer } from '../support/program.ts';
import { AT_PROMPT, openTerminal, terminalScene } from '../support/terminal.ts';
import { temporaryFolder, temporaryRepository } from '../support/workspace.ts';

const ROWS = String.raw`for i in 1 2 3 4 5 6; do echo "line $i"; done; printf '\033[31m漢字 10%%\r漢字 90%%\033[2J'`;

describe('a command that runs', () => {
  it.each(some(1, [80, 40, 200]))(
    'shows its last lines in place, how long it runs and what stops it, in %i columns',
    async (columns) => {
      const pipe = path.join(temporaryFolder(), 'pipe');
      const command = `mkfifo '${pipe}'; ${ROWS}; cat '${pipe}' > heard; printf '\\rall'`;
      const script = [toolCall('run_shell', { command }), final('Done.')];
      const terminal = await terminalScene(script, { columns, args: ['--approval', 'auto'] });
      await terminal.waitFor(AT_PROMPT);
      terminal.type('go\r');
      const rows = String.raw`\n {2}line 3\n {2}line 4\n {2}line 5\n {2}line 6\n {2}漢字 90%`;
      const running = String.raw`> go\n\S running mkfifo [^\n]*… · \d+ s · Esc stops it`;
      await terminal.waitFor(new RegExp(`${running}${rows}$`));
      terminal.type('typed');
      await terminal.waitFor(new RegExp(`${running}${rows}\\n> typed$`));
      fs.writeFileSync(pipe, 'end');
      await terminal.waitFor(/\nmini-coding-agent> typed$/);
      const [, shown] = /> go\n([^]*)\nDone\./.exec(terminal.screen()) ?? [];
      expect(shown).toMatch(
        /^• ran mkfifo [^\n]*\n {2}… 2 more lines\n {2}line 3\n {2}line 4\n {2}line 5\n {2}line 6\n {2}all$/,
      );
    },
  );

  it('leaves no copy of its rows behind where the program was suspended and continues', async () => {
    const root = temporaryRepository();
    const command = 'echo one; until [ -e go ]; do sleep 0.01; done; echo two';
    const server = await scriptedServer([toolCall('run_shell', { command }), final('Done.')]);
    const env = { OLLAMA_HOST: server.url, PS1: '$ ' };
    const terminal = openTerminal(['bash', '--norc', '-i'], root, { env });
    terminal.type(`'${process.execPath}' '${BIN}' --approval auto\r`);
    await terminal.waitFor(AT_PROMPT);
    terminal.type('go\r');
    await terminal.waitFor(/\n {2}one$/);
    terminal.type('typed');
    await terminal.waitFor(/\n> typed$/);
    terminal.type('\u001a');
    await terminal.waitFor(/Stopped[^\n]*\n\$$/);
    fs.writeFileSync(path.join(root, 'go'), '');
    terminal.type('fg\r');
    await terminal.waitFor(/Done\.[^]*> typed$/);
    expect(terminal.screen()).not.toContain(' running ');
  });
});
