import { expect, it } from 'vitest';
import { childEnvironment } from '../../../src/tools/shell/environment.ts';

const tools = { PATH: '/bin', HOME: '/h', LANG: 'C', LC_ALL: 'C', TERM: 'dumb', GOPATH: '/go' };
const secrets = {
  AWS_SECRET_ACCESS_KEY: 'a',
  GITHUB_TOKEN: 'b',
  OPENAI_API_KEY: 'c',
  SSH_AUTH_SOCK: '/s',
  NODE_OPTIONS: '--require=x',
  LD_PRELOAD: 'x.so',
  MY_PATH: 'd',
  PATH_TOKEN: 'e',
  path: 'f',
};

it('passes on what tools need and nothing else', () => {
  expect(childEnvironment({ ...tools, ...secrets })).toEqual(tools);
});

it('passes on a variable that the user names, by its exact name, if it is set', () => {
  const env = childEnvironment({ ...tools, ...secrets }, ['GITHUB_TOKEN', 'OPENAI', 'NOT_SET']);
  expect(env).toEqual({ ...tools, GITHUB_TOKEN: 'b' });
});
