import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { complaint, parse } from '../support/command-line.ts';
import { temporaryFolder } from '../support/workspace.ts';

beforeEach(() => void vi.stubEnv('OLLAMA_HOST', undefined));
afterEach(() => void vi.unstubAllEnvs());

describe('the command line', () => {
  it('has defaults for everything', () => {
    expect(parse()).toEqual({
      request: '',
      print: false,
      outputFormat: 'text',
      quiet: false,
      bell: true,
      color: true,
      demo: false,
      cwd: '.',
      model: undefined,
      usualModel: undefined,
      host: { url: 'http://127.0.0.1:11434', headers: {} },
      key: { name: 'OLLAMA_API_KEY', value: undefined },
      ollamaTimeoutMs: 300_000,
      keepAlive: '30m',
      resume: undefined,
      approval: 'ask',
      sandbox: undefined,
      maxSteps: 20,
      replyRoom: { first: 512, most: 4096 },
      think: { mode: 'off', budget: 1024 },
      numCtx: undefined,
      temperature: 0.2,
      topP: 0.9,
      env: [],
      settings: [],
    });
  });

  it('takes every flag', () => {
    const cwd = temporaryFolder();
    const sampling = ['--temperature', '0', '--top-p', '.5', '--num-ctx', '8192'];
    const flags = ['--model', 'a:1b', '--host', 'box', '--approval', 'never', '--max-steps', '9'];
    const server = ['--ollama-timeout', '3600', '--keep-alive', '-1', '--max-new-tokens', '99'];
    const think = ['--think', 'low', '--think-budget', '64'];
    const env = ['--env', 'API_KEY', '--env', 'CI', '--sandbox', '--sandbox-net'];
    const resume = ['--resume', '20260401-144025-2dd0aa', '--check', 'npm test'];
    const all = [
      '--cwd',
      cwd,
      '-p',
      '--quiet',
      '--no-bell',
      '--no-color',
      ...flags,
      ...server,
      ...sampling,
      ...think,
      ...env,
      ...resume,
    ];
    expect(parse(...all, 'fix', 'the', 'bug')).toEqual({
      request: 'fix the bug',
      print: true,
      outputFormat: 'text',
      quiet: true,
      bell: false,
      color: false,
      demo: false,
      cwd,
      model: 'a:1b',
      usualModel: undefined,
      host: { url: 'http://box:11434', headers: {} },
      hostFlag: 'box',
      key: { name: 'OLLAMA_API_KEY', value: undefined },
      ollamaTimeoutMs: 3_600_000,
      keepAlive: -1,
      resume: '20260401-144025-2dd0aa',
      approval: 'never',
      check: 'npm test',
      sandbox: { network: true },
      maxSteps: 9,
      replyRoom: { first: 99, most: 99 },
      think: { mode: 'low', budget: 64 },
      numCtx: 8192,
      temperature: 0,
      topP: 0.5,
      env: ['API_KEY', 'CI'],
      settings: [],
    });
  });

  it('knows short forms, and words that look like flags after --', () => {
    expect(parse('-m', 'b:2b', '-c')).toMatchObject({ model: 'b:2b', resume: 'latest' });
    expect(parse('--continue')).toMatchObject({ resume: 'latest' });
    expect(parse('--sandbox')).toMatchObject({ sandbox: { network: false } });
    expect(parse('--output-format', 'json')).toMatchObject({ print: true, outputFormat: 'json' });
    expect(parse('--', '--help', 'me')).toMatchObject({ request: '--help me' });
  });

  it('lets replies begin with less room in a small window', () => {
    const replyRoom = { first: 256, most: 4096 };
    expect(parse('--num-ctx', '2048')).toMatchObject({ numCtx: 2048, replyRoom });
  });

  it.each(['0', '90', '1h30m', '2.5s', '-1m'])('takes %j for how long a model stays', (value) => {
    expect(String(parse('--keep-alive', value).keepAlive)).toBe(value);
  });

  it('asks the server that OLLAMA_HOST names, unless a flag names another', () => {
    vi.stubEnv('OLLAMA_HOST', '0.0.0.0:9999');
    expect(parse().host.url).toBe('http://127.0.0.1:9999');
    expect(parse('--host', 'box').host.url).toBe('http://box:11434');
    vi.stubEnv('OLLAMA_HOST', '');
    expect(parse().host.url).toBe('http://127.0.0.1:11434');
  });

  it('may show what a flag says of the server, unless it has a password', () => {
    vi.stubEnv('OLLAMA_HOST', 'box');
    expect(parse().hostFlag).toBeUndefined();
    expect(parse('--host', 'http://gpu:8000/v1').hostFlag).toBe('http://gpu:8000/v1');
    expect(parse('--host', 'http://ada:secret@gpu:8000/v1').hostFlag).toBeUndefined();
  });
});

const WRONG: [flag: string, values: string[]][] = [
  ['--max-steps', ['0', '-1', '1.5', 'many', '', '1001', '6 ']],
  ['--max-new-tokens', ['0', 'x', '1e3', '0x10']],
  ['--num-ctx', ['100', 'big', '-4096']],
  ['--ollama-timeout', ['0', 'soon', '-5', '999999999']],
  ['--temperature', ['hot', '-0.1', '2.1', 'NaN', 'Infinity', '']],
  ['--top-p', ['1.01', '-1', 'x']],
  ['--approval', ['sometimes', 'ASK', '']],
  ['--keep-alive', ['soon', '', '5 minutes', '1d']],
  ['--host', ['ftp://box', 'http://', 'http://a b', 'box:99999999']],
  ['--cwd', ['/no/such/folder', import.meta.filename]],
  ['--model', ['', '  ']],
  ['--resume', ['']],
  ['--output-format', ['xml', 'JSON', '']],
  ['--completion', ['tcsh', '']],
  ['--env', ['A=B', 'A B', '']],
];

describe('a wrong command line', () => {
  it.each(WRONG.flatMap(([flag, values]) => values.map((value) => [flag, value] as const)))(
    'with %s %j is refused in one line that names both',
    (flag, value) => {
      const message = complaint(flag, value);
      expect(message).toContain(flag);
      expect(message).toContain(`'${value}'`);
      expect(message).not.toContain('\n');
    },
  );

  it('is refused in one line even where the value has several', () => {
    expect(complaint('--max-steps', '4\n2')).not.toContain('\n');
  });

  it.each([
    [['--modle', 'x'], '--modle'],
    [['--model'], '--model'],
    [['--demo', 'do', 'this'], '--demo'],
    [['--demo', '--print'], '--demo'],
    [['--demo', '-c'], '--demo'],
    [['--demo', '--check', 'true'], '--demo'],
    [['--check', ' '], '--check'],
    [['--check', '-p', 'fix it'], "'--check <command>' argument '-p'"],
    [['--model', '--quiet'], '--model'],
    [['--resume', '-c'], '--resume'],
    [['--demo', '--output-format', 'json'], '--demo'],
    [['--sandbox-net'], '--sandbox'],
  ])('such as %j is refused by name', (argv, flag) => {
    expect(complaint(...argv)).toContain(flag);
    expect(complaint(...argv)).not.toContain('\n');
  });

  it('names OLLAMA_HOST when the bad value comes from it', () => {
    vi.stubEnv('OLLAMA_HOST', 'ftp://box');
    expect(complaint()).toMatch(/OLLAMA_HOST.*ftp:\/\/box|ftp:\/\/box.*OLLAMA_HOST/);
  });

  it.each([
    'ftp://ada:s3cret@box',
    'http://ada:s3cret@a b',
    'http://ada:s3cret@',
    'ada:s3cret@[box',
    'http://ada:s3cret/x@box',
    'http://ada:x@s3cret@a b',
  ])('never shows the password in %j', (host) => {
    for (const argv of [['--host', host], []]) {
      vi.stubEnv('OLLAMA_HOST', host);
      const message = complaint(...argv);
      expect(message).toContain('--host');
      expect(message).not.toContain('s3cret');
    }
  });
});
