/** Which server a run talks to, with which model and which key. */
import os from 'node:os';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isElsewhere } from '../../src/cli/elsewhere.ts';
import { openEngine } from '../../src/cli/engine.ts';
import { UsageError } from '../../src/cli/usage-error.ts';
import { parseHost } from '../../src/model/http/host.ts';
import { complaint, optionsOf, parse } from '../support/command-line.ts';
import { temporaryFolder } from '../support/workspace.ts';

const VARIABLES = ['OLLAMA_HOST', 'OLLAMA_API_KEY', 'OPENAI_API_KEY', 'LAB_KEY', 'XDG_CONFIG_HOME'];
beforeEach(() => VARIABLES.forEach((name) => vi.stubEnv(name, undefined)));
afterEach(() => void vi.unstubAllEnvs());

const LAB = { url: 'http://gpu:8000/v1', model: 'coder', key_env: 'LAB_KEY' };

/** Puts these settings where the next `parse` finds them. */
function settle(settings: object): void {
  const file = 'mini-coding-agent/config.json';
  vi.stubEnv('XDG_CONFIG_HOME', temporaryFolder({ [file]: JSON.stringify(settings) }));
}

describe('a server with a name', () => {
  it('is chosen by a flag or a setting, with its model and its key', () => {
    vi.stubEnv('LAB_KEY', ' sesame\n');
    settle({ hosts: { lab: LAB, box: { url: 'http://box' } }, model: 'usual:1b' });
    const lab = { host: { url: 'http://gpu:8000/v1' }, key: { name: 'LAB_KEY', value: 'sesame' } };
    expect(parse('--host', 'lab')).toMatchObject({ ...lab, usualModel: 'coder' });
    expect(parse('--host', 'lab', '-m', 'mine')).toMatchObject({ ...lab, model: 'mine' });
    expect(parse('--host', 'box').usualModel).toBe('usual:1b');
    settle({ hosts: { lab: LAB }, host: 'lab' });
    expect(parse()).toMatchObject({ ...lab, usualModel: 'coder' });
  });

  it('is none to OLLAMA_HOST, which has addresses', () => {
    settle({ hosts: { lab: LAB } });
    vi.stubEnv('OLLAMA_HOST', 'lab');
    expect(parse()).toMatchObject({ host: { url: 'http://lab:11434' }, usualModel: undefined });
  });

  it('that is mistyped is no machine, unless it is written as an address', () => {
    settle({ hosts: { lab: LAB, constructor: LAB } });
    expect(complaint('--host', 'LAB')).toContain('Did you mean "lab"?');
    expect(complaint('--host', 'lba')).toBe(
      'There is no host "lba" in the settings. Did you mean "lab"? For a machine of that name, write http://lba.',
    );
    expect(parse('--host', 'http://lba').host.url).toBe('http://lba:11434');
    expect(parse('--host', 'lba:80').host.url).toBe('http://lba:80');
    expect(parse('--host', 'workstation').host.url).toBe('http://workstation:11434');
    expect(parse('--host', 'toString').host.url).toBe('http://tostring:11434');
    settle({});
    expect(parse('--host', 'lba').host.url).toBe('http://lba:11434');
  });

  it('completes --host, also where another setting is wrong', () => {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    try {
      settle({ hosts: { lab: LAB, box: { url: 'box' } } });
      optionsOf('--completion', 'bash');
      expect(String(write.mock.calls)).toMatch(/--host\) COMPREPLY=\(\$\(compgen -W "lab box"/);
      settle({ hosts: { lab: LAB }, modle: 'x' });
      optionsOf('--completion', 'bash');
      expect(write).toHaveBeenCalledTimes(2);
    } finally {
      write.mockRestore();
    }
  });
});

describe('a key', () => {
  it.each([
    ['http://gpu:8000/v1', 'OPENAI_API_KEY'],
    ['https://gpu/v1/', 'OPENAI_API_KEY'],
    ['http://gpu', 'OLLAMA_API_KEY'],
    ['gpu', 'OLLAMA_API_KEY'],
  ])('for %s is that of %s, and no other', (host, name) => {
    vi.stubEnv('OPENAI_API_KEY', 'OPENAI_API_KEY');
    vi.stubEnv('OLLAMA_API_KEY', 'OLLAMA_API_KEY');
    expect(parse('--host', host).key).toEqual({ name, value: name });
    vi.stubEnv('OLLAMA_HOST', host);
    expect(parse().key).toEqual({ name, value: name });
  });

  it('is sent to nobody where no server is named, or the address has a password', () => {
    vi.stubEnv('OPENAI_API_KEY', 'sesame');
    vi.stubEnv('OLLAMA_API_KEY', 'sesame');
    expect(parse().key.value).toBeUndefined();
    vi.stubEnv('OLLAMA_HOST', ' ');
    expect(parse().key.value).toBeUndefined();
    expect(parse('--host', '').key.value).toBeUndefined();
    expect(parse('--host', 'http://ada:s3cret@gpu/v1')).toMatchObject({
      key: { name: 'OPENAI_API_KEY', value: undefined },
      host: { headers: { Authorization: 'Basic YWRhOnMzY3JldA==' } },
    });
  });

  it('is none where the variable is empty, and a usage error where no header can hold it', () => {
    vi.stubEnv('OPENAI_API_KEY', ' ');
    expect(parse('--host', 'gpu/v1').key).toEqual({ name: 'OPENAI_API_KEY', value: undefined });
    vi.stubEnv('OPENAI_API_KEY', 'ses\u00e9ame');
    const open = () => openEngine(parse('--host', 'gpu/v1'), expect.fail);
    expect(open).toThrow(UsageError);
    expect(open).toThrow(/^The key in OPENAI_API_KEY has characters that no key can have/);
  });

  it('is not handed to commands; one that is for no server of this run may be', () => {
    vi.stubEnv('OPENAI_API_KEY', 'sesame');
    const env = ['--env', 'OPENAI_API_KEY'];
    expect(complaint('--host', 'gpu/v1', ...env)).toMatch(/--env OPENAI_API_KEY.*key_env/);
    expect(parse('--host', 'gpu', ...env).env).toEqual(['OPENAI_API_KEY']);
  });
});

it('refuses --keep-alive for a server that is no Ollama, and lets the setting be', () => {
  expect(complaint('--host', 'gpu/v1', '--keep-alive', '5m')).toMatch(/--keep-alive.*Ollama/);
  settle({ 'keep-alive': '5m' });
  expect(parse('--host', 'gpu/v1').host.url).toBe('http://gpu:80/v1');
});

describe('a server on this machine', () => {
  const own = Object.values(os.networkInterfaces()).flat();
  const addresses = own.map((each) => each?.address ?? '').filter((each) => !each.includes('%'));

  it.each([
    'localhost',
    'LOCALHOST:80/v1',
    'api.localhost',
    '127.0.0.1',
    '127.1',
    '0.0.0.0',
    '[::1]',
    '::',
    '[::ffff:127.0.0.1]',
    ...addresses,
  ])('is that at %s', (address) => expect(isElsewhere(parseHost(address))).toBe(false));

  it.each(['gpu', 'localhost.example', '127.0.0.1.example', '128.0.0.1', '[2001:db8::1]', '[::2]'])(
    'is not that at %s',
    (address) => expect(isElsewhere(parseHost(address))).toBe(true),
  );
});
