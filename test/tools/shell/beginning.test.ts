import { describe, expect, it } from 'vitest';
import { beginningOf, beginsWith } from '../../../src/tools/shell/beginning.ts';

/** What is offered for a command, as words with spaces. */
const offered = (command: string) => beginningOf(command)?.join(' ');

describe('the beginning of a command that is offered', () => {
  it.each([
    ['npm test', 'npm test'],
    ['npm  test -- --run a.test.ts ', 'npm test -- --run'],
    ['npm test -- a.test.ts', 'npm test'],
    ['npm run build', 'npm run build'],
    ['pytest tests/unit', 'pytest tests/unit'],
    ['pytest -q tests', 'pytest -q'],
    ['./run.sh unit', './run.sh unit'],
    ['git diff HEAD', 'git diff'],
    ['git log --oneline -5 main', 'git log --oneline -5'],
    ['go test ./...', 'go test'],
    ['ls -la src', 'ls -la'],
    ['node_modules/.bin/vitest run a', 'node_modules/.bin/vitest run'],
  ])('of %s is %s', (command, beginning) => {
    expect(offered(command)).toBe(beginning);
  });

  it.each([
    ['more than anyone reads', [`pytest ${'x'.repeat(60)}`, `${'1'.repeat(1e6)}x y`]],
    ['one word', ['ls', './build', '']],
    [
      'what a shell would make something of',
      ['; & | $x $(x) `x` < > \n \t \r * ? [a] {a,b} ~ ~/x "x" \'x\' \\x # ! ^ % é \u00a0 \0']
        .flatMap((signs) => signs.split(' '))
        .flatMap((sign) => [`npm test ${sign}`, `npm test a${sign}b`, `a${sign}b npm test`]),
    ],
    [
      'leading whitespace and variables',
      [' npm test', 'A=b npm test', 'PATH=./x/npm test a', 'a+=b c d'],
    ],
    [
      'a shell',
      [
        'sh -c ls',
        '/bin/bash a.sh x',
        'BASH -c ls',
        'bash5.2 a b',
        '. ./a b',
        'source a b',
        'eval ls x',
      ],
    ],
    [
      'an interpreter',
      [
        'node a.js x',
        'python3.12 -m pip',
        'ruby3.2 a b',
        'perl a b',
        'deno run x',
        'bun run x',
        'awk -f a',
        'sed -n 1ewho',
      ],
    ],
    [
      'a wrapper',
      [
        'env npm test',
        'sudo npm test',
        '/usr/bin/doas ls x',
        'su root x',
        'xargs rm x',
        'find . -exec',
        'nice make x',
        'time npm test',
        'nohup npm test',
        'timeout 5 ls',
        'watch ls x',
        'parallel ls x',
        'npx tsc x',
        'make test',
        'ssh host ls',
        'uv run x',
        'poetry run x',
        'bundle exec x',
        'command ls x',
        'exec ls x',
        'rg --pre x',
      ],
    ],
    [
      'what runs another program, or fetches it, behind a first word that would do',
      [
        'npm exec x',
        'npm x cowsay',
        'npm install left-pad',
        'npm i x',
        'npm exe x',
        'npm run',
        'npm run -s test',
        'yarn dlx x',
        'yarn node a.js',
        'yarn tsx a.ts',
        'yarn run tsx a.ts',
        'pnpm dlx x',
        'npm --prefix x test',
        'git -c core.pager=x log',
        'git -C x log',
        'git config alias.x y',
        'git rebase --exec x',
        'git bisect run x',
        'git push origin',
        'git clone x',
        'git checkout x',
        'git my-alias x',
        'docker run x',
        'docker exec x y',
        'docker --context x ps',
        'kubectl exec x',
        'go run x',
        'go -C x test',
        'cargo run x',
        'cargo +x test',
        'npm pack x',
        'npm view x',
        'gradle test',
        'coverage run a.py',
        'tox x',
        'ping x',
      ],
    ],
    ['an option after the names', ['npm test a -- --run', 'ls a b -la']],
    ['what leads out of the folder', ['ls /etc', 'npm test ../x', 'cat a/../../b', 'tsc @a']],
    [
      'what destroys',
      ['rm -rf build', 'mv a b', 'dd if=a of=b', 'chmod -R x', 'tee a b', 'kill -9 1', 'curl -s x'],
    ],
    [
      'an option that names a program, code, another place or what is destroyed',
      [
        'go test -exec x',
        'go build -o x',
        'pytest --config x',
        'pytest --basetemp=src',
        'git log --output=x',
        'git branch -D x',
        'npm test -- --reporter=./x.js',
        'npm test --prefix x',
        'npm ci --registry=x',
      ],
    ],
  ])('is none for %s', (_what, commands) => {
    for (const command of commands) expect(offered(command), command).toBeUndefined();
  });
});

describe('a beginning', () => {
  const rule = ['npm', 'test'];

  it('matches word by word, whatever names follow', () => {
    for (const command of ['npm test', 'npm test a -- b', 'npm  test  a']) {
      expect(beginsWith(command, rule), command).toBe(true);
    }
    for (const command of [
      'npm tests',
      'npm',
      'npm run test',
      'NPM test',
      'x npm test',
      ' npm test',
    ]) {
      expect(beginsWith(command, rule), command).toBe(false);
    }
  });

  it('matches nothing that a shell would make something of', () => {
    for (const rest of [
      '; ls',
      '&& ls',
      '| sh',
      '> x',
      '$(ls)',
      '`ls`',
      '"a"',
      '*',
      '~',
      '\nls',
      '\\',
      '{a,b}',
    ]) {
      expect(beginsWith(`npm test ${rest}`, rule), rest).toBe(false);
      expect(beginsWith(`npm test${rest}`, rule), rest).toBe(false);
    }
  });

  it('matches no option that is not in it, and no name that leads out of the folder', () => {
    for (const rest of [
      '--script-shell=./x',
      '-- --reporter=./x.js',
      '-- -r ./x.js',
      'a --run',
      '--output=x',
      '/tmp/x.js',
      '../x.js',
      'a/../../x.js',
      'x=/tmp/x',
      'file:///tmp/x',
      'git+ssh://x/y',
      '@options.txt',
    ]) {
      expect(beginsWith(`npm test ${rest}`, rule), rest).toBe(false);
    }
  });
});
