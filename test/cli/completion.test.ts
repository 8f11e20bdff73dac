import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderCompletion, SHELLS, type Shell } from '../../src/cli/completion.ts';
import { describeFlags } from '../../src/cli/flags.ts';
import { openTerminal } from '../support/terminal.ts';
import { temporaryFolder } from '../support/workspace.ts';

const SESSION = '20260401-144025-2dd0aa';
const command = describeFlags('1.2.3');

function isInstalled(shell: Shell): boolean {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  return folders.some((folder) => fs.existsSync(path.join(folder, shell)));
}

/** A folder deep in a workspace with a session, and beside it files whose names are none. */
function workspace(): { root: string; cwd: string; script: (shell: Shell) => string } {
  const sessions = '.mini-coding-agent/sessions';
  const names = [SESSION, '$(touch $HOME/ran)', '`touch $HOME/ran`', '20260401-144025-2dd0aa x'];
  const root = temporaryFolder({
    ...Object.fromEntries(names.map((name) => [path.join(sessions, `${name}.jsonl`), ''])),
    'deep/er/src x/a.txt': '',
    'deep/er/b.txt': '',
  });
  const script = (shell: Shell) => {
    const file = path.join(root, `completion.${shell}`);
    fs.writeFileSync(file, renderCompletion(shell, command));
    return file;
  };
  return { root, cwd: path.join(root, 'deep', 'er'), script };
}

/** What bash offers for the last of these words. */
function bashOffers(...words: string[]): string[] {
  const { root, cwd, script } = workspace();
  const quoted = words.map((word) => `'${word}'`).join(' ');
  const commands = `
    source '${script('bash')}'
    COMP_WORDS=(mini-coding-agent ${quoted}); COMP_CWORD=${words.length}
    _mini_coding_agent 2>&1
    ((\${#COMPREPLY[@]})) && printf '%s\\n' "\${COMPREPLY[@]}"
    complete -p mini-coding-agent >/dev/null`;
  const env = { PATH: process.env['PATH'], HOME: root };
  const offered = execFileSync('bash', ['--norc', '-c', commands], { cwd, env, encoding: 'utf8' });
  expect(fs.existsSync(path.join(root, 'ran'))).toBe(false);
  return offered.split('\n').filter((line) => line !== '');
}

const longFlags = command
  .createHelp()
  .visibleOptions(command)
  .map(({ long }) => long);

describe('the completion of bash', () => {
  it('has every flag, and only for a word that begins as one', () => {
    expect(bashOffers('-')).toEqual(expect.arrayContaining([...longFlags, '-m', '-p']));
    expect(bashOffers('--ap')).toEqual(['--approval']);
    expect(bashOffers('')).toEqual([]);
    expect(bashOffers('fix', 'the', 'b')).toEqual([]);
    expect(bashOffers('--', '--ap')).toEqual([]);
  });

  it('has the values of flags', () => {
    expect(bashOffers('--approval', '')).toEqual(['ask', 'auto', 'never']);
    expect(bashOffers('--approval', '=')).toEqual(['ask', 'auto', 'never']);
    expect(bashOffers('--approval', '=', 'a')).toEqual(['ask', 'auto']);
    expect(bashOffers('--output-format', 's')).toEqual(['stream-json']);
    expect(bashOffers('--cwd', '')).toEqual(['src x']);
    expect(bashOffers('-m', '')).toEqual([]);
  });

  it('has the ids of sessions, and runs nothing that a file is called', () => {
    expect(bashOffers('--resume', '')).toEqual(['latest', SESSION]);
    expect(bashOffers('--resume', '2')).toEqual([SESSION]);
  });
});

/** What fish offers for this line. */
function fishOffers(line: string): string[] {
  const { root, cwd, script } = workspace();
  const commands = `source '${script('fish')}'; complete -C '${line}'`;
  const env = { PATH: process.env['PATH'], HOME: root };
  const offered = execFileSync('fish', ['-N', '-c', commands], { cwd, env, encoding: 'utf8' });
  expect(fs.existsSync(path.join(root, 'ran'))).toBe(false);
  return offered
    .split('\n')
    .filter((row) => row !== '')
    .map((row) => row.replace(/\t.*/, ''));
}

describe.skipIf(!isInstalled('fish'))('the completion of fish', () => {
  it('has flags, values and sessions, and nothing for a bare word', () => {
    expect(fishOffers('mini-coding-agent --')).toEqual(expect.arrayContaining(longFlags));
    expect(fishOffers('mini-coding-agent --approval ')).toEqual(['ask', 'auto', 'never']);
    expect(fishOffers('mini-coding-agent --resume ').toSorted()).toEqual([SESSION, 'latest']);
    expect(fishOffers('mini-coding-agent --cwd ')).toEqual(['src x/']);
    expect(fishOffers('mini-coding-agent fix ')).toEqual([]);
  });
});

describe.skipIf(!isInstalled('zsh'))('the completion of zsh', () => {
  it.each([
    ['--appr\t', '--approval=', /mini-coding-agent --approval=?$/],
    ['--approval n\t', 'a value', /--approval never\s*$/],
    ['--resume 2\t', 'a session', new RegExp(`--resume ${SESSION}\\s*$`)],
    ['--cwd s\t', 'a folder', /--cwd src\\ x\/\s*$/],
    ['fix b\tz', 'nothing for a bare word', /mini-coding-agent fix bz$/],
  ])('makes of %j %s', async (typed, _, line) => {
    const { root, cwd, script } = workspace();
    const rc = `PS1='ready%% '; autoload -U compinit; compinit -u -D; source '${script('zsh')}'\n`;
    fs.writeFileSync(path.join(root, '.zshrc'), rc);
    const zsh = openTerminal(['zsh', '-d', '-i'], cwd, { env: { ZDOTDIR: root, HOME: root } });
    await zsh.waitFor(/ready% ?$/);
    zsh.type(`mini-coding-agent ${typed}`);
    await zsh.waitFor(line);
    expect(fs.existsSync(path.join(root, 'ran'))).toBe(false);
  });
});

for (const shell of SHELLS) {
  it.skipIf(!isInstalled(shell))(`is a script that ${shell} can read`, () => {
    const { script } = workspace();
    execFileSync(shell, ['-n', script(shell)], { stdio: 'pipe' });
  });
}
