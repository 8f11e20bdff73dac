import { expect, it } from 'vitest';
import { shellWord, startedAs } from '../../src/cli/started-as.ts';

const PATH = '/usr/bin:/opt/bin';
const ours = { npm_package_name: 'mini-coding-agent' };

it.each([
  ['a program on the PATH', '/opt/bin/mini-coding-agent', { PATH }, 'mini-coding-agent'],
  ['one elsewhere', '/x y/mini-coding-agent', { PATH }, "'/x y/mini-coding-agent'"],
  ['the built file', '/home/me/agent/dist/cli.cjs', { PATH }, 'node dist/cli.cjs'],
  ['that of another folder', '/srv/agent/dist/cli.cjs', { PATH }, 'node /srv/agent/dist/cli.cjs'],
  ['npx', '/c/.bin/mini-coding-agent', { PATH, npm_command: 'exec' }, 'npx mini-coding-agent'],
  [
    'the built file from a script of npx',
    '/home/me/agent/cli.js',
    { npm_command: 'exec' },
    'node cli.js',
  ],
  ['npm run dev', '/x/cli.ts', { ...ours, npm_lifecycle_event: 'dev' }, 'npm run dev --'],
  ['npm start', '/x/cli.js', { ...ours, npm_lifecycle_event: 'start' }, 'npm start --'],
  [
    'a script of another package',
    '/opt/bin/mini-coding-agent',
    { PATH, npm_package_name: 'theirs', npm_lifecycle_event: 'start' },
    'mini-coding-agent',
  ],
  ['node without a file', undefined, {}, 'mini-coding-agent'],
])('was started as %s', (_, script, env, words) => {
  expect(startedAs({ script, cwd: '/home/me/agent', env })).toBe(words);
});

it.each([
  ['../a/b-c.d', '../a/b-c.d'],
  ["it's; rm", `'it'\\''s; rm'`],
  ['', "''"],
])('writes %j as one word of a command line', (text, word) => {
  expect(shellWord(text)).toBe(word);
});
