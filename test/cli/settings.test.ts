import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { describeFlags, LastingOption } from '../../src/cli/flags.ts';
import type { Options } from '../../src/cli/options.ts';
import { UsageError } from '../../src/cli/usage-error.ts';
import { optionsOf as parse } from '../support/command-line.ts';
import { temporaryFolder } from '../support/workspace.ts';

beforeEach(() => void vi.stubEnv('OLLAMA_HOST', undefined));
afterEach(() => void vi.unstubAllEnvs());

/** Puts a settings file, as text or as what its JSON is, into a configuration folder. */
function settings(content: unknown): string {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  const folder = temporaryFolder({ 'mini-coding-agent/config.json': text });
  vi.stubEnv('XDG_CONFIG_HOME', folder);
  return path.join(folder, 'mini-coding-agent/config.json');
}

/** The message about the settings, which names their file; the rest of it. */
function complaint(file: string): string {
  try {
    parse();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    expect(error.message).toContain(file);
    return error.message.replace(file, 'FILE');
  }
  throw new Error('they were accepted');
}

/** A value of each setting that is not the default, and what it comes to. */
const EACH: [key: string, value: unknown, options: Partial<Options>][] = [
  ['model', 'a:1b', { model: undefined, usualModel: 'a:1b' }],
  ['host', 'box', { host: { url: 'http://box:11434', headers: {} } }],
  ['ollama-timeout', 9, { ollamaTimeoutMs: 9_000 }],
  ['keep-alive', -1, { keepAlive: -1 }],
  ['keep-alive', '5m', { keepAlive: '5m' }],
  ['approval', 'never', { approval: 'never' }],
  ['sandbox', true, { sandbox: { network: false } }],
  ['sandbox-net', true, { sandbox: undefined }],
  ['max-steps', 9, { maxSteps: 9 }],
  ['max-new-tokens', 99, { replyRoom: { first: 99, most: 99 } }],
  ['think', 'low', { think: { mode: 'low', budget: 1_024 } }],
  ['think-budget', 64, { think: { mode: 'off', budget: 64 } }],
  ['num-ctx', 8192, { numCtx: 8192 }],
  ['temperature', 0, { temperature: 0 }],
  ['top-p', 0.5, { topP: 0.5 }],
  ['env', ['API_KEY', 'CI'], { env: ['API_KEY', 'CI'] }],
  ['quiet', true, { quiet: true }],
  ['bell', false, { bell: false }],
];

describe('a setting', () => {
  it.each(EACH)('such as %j: %j is what its flag would be', (key, value, options) => {
    const file = settings({ [key]: value });
    expect(parse()).toMatchObject({ ...options, settings: [file, file] });
  });

  it('may be any flag that does not run, allow or pick anything in one run, and no other', () => {
    const flags = describeFlags('1').options.filter((flag) => flag instanceof LastingOption);
    expect(flags.map((flag) => flag.name())).toEqual([...new Set(EACH.map(([key]) => key))]);
  });

  it('gives way to the flag, also where that says no', () => {
    settings({
      model: 'a',
      'max-steps': 9,
      env: ['A'],
      sandbox: true,
      quiet: true,
      approval: 'never',
    });
    const flags = ['--no-sandbox', '--no-quiet', '--approval', 'auto', '--max-steps', '6'];
    expect(parse('-m', 'b', '--env', 'B', ...flags)).toMatchObject({
      model: 'b',
      env: ['B'],
      maxSteps: 6,
      sandbox: undefined,
      quiet: false,
      approval: 'auto',
    });
  });

  it('of the network counts where there is a sandbox, and a flag takes it back', () => {
    settings({ 'sandbox-net': true });
    expect(parse('--sandbox')?.sandbox).toEqual({ network: true });
    settings({ 'sandbox-net': true, sandbox: true });
    expect(parse()?.sandbox).toEqual({ network: true });
    expect(parse('--no-sandbox-net')?.sandbox).toEqual({ network: false });
    expect(parse('--no-sandbox')?.sandbox).toBeUndefined();
    settings({ sandbox: true });
    expect(parse('--sandbox-net')?.sandbox).toEqual({ network: true });
  });

  it('of the host gives way to OLLAMA_HOST, unless that is empty', () => {
    settings({ host: 'box' });
    vi.stubEnv('OLLAMA_HOST', 'other');
    expect(parse()?.host.url).toBe('http://other:11434');
    vi.stubEnv('OLLAMA_HOST', '');
    expect(parse()?.host.url).toBe('http://box:11434');
  });

  it('counts in a file with a byte order mark, and in one that a link leads to', () => {
    const file = settings('\ufeff{"max-steps": 9}');
    expect(parse()?.maxSteps).toBe(9);
    fs.renameSync(file, `${file}.kept`);
    fs.symlinkSync(`${file}.kept`, file);
    expect(parse()).toMatchObject({ maxSteps: 9, settings: [file, `${file}.kept`] });
  });
});

const WRONG: [content: unknown, message: RegExp][] = [
  [{ modle: 'x' }, /"modle".*no such setting.*"model"/],
  [{ '--model': 'x' }, /"--model".*no such setting.*"model"/],
  [{ maxSteps: 3 }, /"maxSteps".*no such setting.*"max-steps"/],
  [
    { colour: 'red' },
    /"colour".*no such setting\. The settings are: model, host, .*quiet, bell, hosts/,
  ],
  [{ host: { lab: 'x' } }, /"host".*must be a string/],
  [{ hosts: 'lab' }, /"hosts" .*must be like \{"lab": \{"url"/],
  [{ hosts: { lab: 'gpu' } }, /"hosts\.lab" .*must be like \{"url"/],
  [{ hosts: { 'my lab': { url: 'gpu' } } }, /"hosts\.my lab" .*must be letters/],
  [{ hosts: { lab: {} } }, /"hosts\.lab\.url" .*must be a URL/],
  [{ hosts: { lab: { url: 'ftp://s3cret' } } }, /"hosts\.lab\.url" .*must be a URL/],
  [
    { hosts: { lab: { url: 'gpu', modle: 'x' } } },
    /"hosts\.lab" .*can have only url, model and key_env/,
  ],
  [{ hosts: { lab: { url: 'gpu', model: ' ' } } }, /"hosts\.lab\.model" .*name of a model/],
  [{ hosts: { lab: { url: 'gpu', key_env: 's3cret' } } }, /"hosts\.lab\.key_env" .*capitals/],
  [
    { hosts: { lab: { url: 'http://a:s3cret@gpu', key_env: 'KEY' } } },
    /"hosts\.lab" .*key_env and a password/,
  ],
  [{ constructor: 1 }, /"constructor".*no such setting/],
  ['{"__proto__": {}}', /"__proto__".*no such setting/],
  [{ resume: 'latest' }, /"resume".*one run/],
  [{ cwd: '.' }, /"cwd".*one run/],
  [{ print: true }, /"print".*one run/],
  [{ demo: true }, /"demo".*one run/],
  [{ 'output-format': 'json' }, /"output-format".*one run/],
  [{ approval: 'auto' }, /"approval".*"ask" or "never"; auto is for one run only/],
  [{ approval: ['auto'] }, /"approval".*"ask" or "never"/],
  [{ model: null }, /"model".*must be a string/],
  [{ model: ' ' }, /"model".*must not be empty/],
  [{ 'max-steps': '9' }, /"max-steps".*must be a number/],
  [{ 'max-steps': 1.5 }, /"max-steps".*whole number from 1 to 1000/],
  ['{"temperature": 1e999}', /"temperature".*must be a number/],
  [{ 'keep-alive': 'soon' }, /"keep-alive".*a duration such as 30m/],
  [{ 'keep-alive': true }, /"keep-alive".*a duration such as "30m"/],
  [{ sandbox: 'yes' }, /"sandbox".*must be true or false/],
  [{ env: 'CI' }, /"env".*must be a list of strings/],
  [{ env: ['CI', 1] }, /"env".*must be a string/],
  [{ env: ['A=B'] }, /"env".*must be the name of a variable/],
  ['', /not valid JSON.*must be like \{"model"/],
  ['{model: "x"}', /not valid JSON.*must be like \{"model"/],
  ['{"model": "x",}', /not valid JSON.*must be like \{"model"/],
  ['["model"]', /not a JSON object.*must be like \{"model"/],
  ['null', /not a JSON object.*must be like \{"model"/],
];

describe('a settings file', () => {
  it.each(WRONG)(
    '%j is refused in one line that names it, the key and what to do',
    (content, message) => {
      const said = complaint(settings(content));
      expect(said).toMatch(message);
      expect(said).toMatch(/FILE.*(Correct or remove it|It must be like|or remove it)/);
      expect(said).not.toMatch(/\n|s3cret/);
    },
  );

  it.each([
    '{"host": "ftp://ada:s3cret@box"}',
    '{"host": "http://ada:s3cret@a b"}',
    '{"host": "http://ada:s3cret@box"',
    '{"host": "http://ada:s3cret@box" "model": 1}',
    '"http://ada:s3cret@box',
    '{"host": ada:s3cret@box}',
    'ada:s3cret@box',
  ])('%j is refused without the password', (content) => {
    expect(complaint(settings(content))).not.toContain('s3cret');
  });

  it.each([
    ['a folder', (file: string) => fs.mkdirSync(file), /not a regular file/],
    [
      'of more than 64 KiB',
      (file: string) => fs.writeFileSync(file, ' '.repeat(65_537)),
      /65536 bytes/,
    ],
    ['a FIFO', (file: string) => execFileSync('mkfifo', [file]), /not a regular file/],
    [
      'a link to a device without end',
      (file: string) => fs.symlinkSync('/dev/zero', file),
      /not a regular file/,
    ],
    ['a link to nowhere', (file: string) => fs.symlinkSync('nowhere', file), /ENOENT/],
    ['a link to itself', (file: string) => fs.symlinkSync(file, file), /ELOOP/],
  ])('that is %s is refused, and not waited for', (_what, make, why) => {
    const file = settings({});
    fs.rmSync(file);
    make(file);
    expect(complaint(file)).toMatch(why);
    expect(complaint(file)).toMatch(/can be read, or remove it\.$/);
  });

  it('that is wrong does not keep help, version, completion and the demo from working', () => {
    settings({ modle: 'x', approval: 'never' });
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    try {
      for (const argv of [['--help'], ['--version'], ['--completion', 'fish']]) {
        expect(parse(...argv)).toBeUndefined();
      }
    } finally {
      write.mockRestore();
    }
    expect(parse('--demo')).toMatchObject({ demo: true, approval: 'ask', settings: [] });
  });

  it('need not be there, nor any folder for it', () => {
    for (const folder of ['/no/such/folder', '/dev/null', temporaryFolder()]) {
      vi.stubEnv('XDG_CONFIG_HOME', folder);
      expect(parse()?.settings).toEqual([]);
    }
  });

  it('is looked for in ~/.config where XDG_CONFIG_HOME is not set, empty or relative', () => {
    const home = temporaryFolder({ '.config/mini-coding-agent/config.json': '{"max-steps": 9}' });
    const here = path.relative(
      process.cwd(),
      path.dirname(path.dirname(settings({ 'max-steps': 3 }))),
    );
    vi.stubEnv('HOME', home);
    for (const folder of [undefined, '', here, '.']) {
      vi.stubEnv('XDG_CONFIG_HOME', folder);
      expect(parse()?.maxSteps).toBe(9);
    }
  });

  it.each(['', '.', 'home'])('is never looked for in the current folder, with HOME %j', (home) => {
    const folder = temporaryFolder();
    for (const below of ['.config', 'home/.config']) {
      fs.mkdirSync(path.join(folder, below, 'mini-coding-agent'), { recursive: true });
      fs.writeFileSync(path.join(folder, below, 'mini-coding-agent/config.json'), 'wrong');
    }
    vi.stubEnv('XDG_CONFIG_HOME', undefined);
    vi.stubEnv('HOME', home);
    const before = process.cwd();
    try {
      process.chdir(folder);
      expect(parse()?.settings).toEqual([]);
    } finally {
      process.chdir(before);
    }
  });
});
