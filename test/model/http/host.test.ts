import { describe, expect, it } from 'vitest';
import { isOpenai, parseHost } from '../../../src/model/http/host.ts';

describe('the address of the server', () => {
  it.each([
    ['localhost', 'http://localhost:11434'],
    ['http://localhost', 'http://localhost:11434'],
    ['  http://localhost:11434/  ', 'http://localhost:11434'],
    ['gpu-box:8080', 'http://gpu-box:8080'],
    [':8080', 'http://127.0.0.1:8080'],
    ['192.168.1.7', 'http://192.168.1.7:11434'],
    ['0.0.0.0', 'http://127.0.0.1:11434'],
    ['http://0.0.0.0:9999', 'http://127.0.0.1:9999'],
    ['::1', 'http://[::1]:11434'],
    ['::', 'http://[::1]:11434'],
    ['[::1]:8080', 'http://[::1]:8080'],
    ['fe80::1', 'http://[fe80::1]:11434'],
    ['http://example.com:80', 'http://example.com:80'],
    ['http://example.com:80/', 'http://example.com:80'],
    ['http://example.com:80/ollama', 'http://example.com:80/ollama'],
    ['https://example.com', 'https://example.com:443'],
    ['HTTPS://Example.com:8443', 'https://example.com:8443'],
    ['http://example.com/ollama/', 'http://example.com:11434/ollama'],
    ['http://example.com:8080/a/b?key=secret#part', 'http://example.com:8080/a/b'],
    ['http://example.com/v1', 'http://example.com:80/v1'],
    ['gpu-box:8000/v1/', 'http://gpu-box:8000/v1'],
    ['https://example.com/api/v1', 'https://example.com:443/api/v1'],
  ])('reads %j as %s', (text, url) => {
    expect(parseHost(text)).toEqual({ url, headers: {} });
  });

  it.each([
    ['http://gpu-box:8000/v1', true],
    ['https://example.com/openai/v1/', true],
    ['http://gpu-box:8000', false],
    ['http://gpu-box:8000/v1/proxied', false],
    ['http://gpu-box:8000/rev1', false],
  ])('that is %s is of an OpenAI-compatible server: %s', (text, is) => {
    expect(isOpenai(parseHost(text))).toBe(is);
  });

  it('takes credentials out of the address and sends them as a header', () => {
    const host = parseHost('https://ada:p%40ss@example.com/base');
    expect(host.url).toBe('https://example.com:443/base');
    const authorization = `Basic ${Buffer.from('ada:p@ss').toString('base64')}`;
    expect(host.headers).toEqual({ Authorization: authorization });
    const onlyPassword = `Basic ${Buffer.from(':s3cret').toString('base64')}`;
    expect(parseHost('http://:s3cret@box').headers).toEqual({ Authorization: onlyPassword });
  });

  it.each(['ftp://example.com', 'file:///etc/passwd', 'http://', 'http://a b', 'host:port'])(
    'refuses %j, which is no http address',
    (text) => {
      expect(() => parseHost(text)).toThrow(TypeError);
    },
  );

  it.each([
    ['htp://box', 'htp is neither http nor https.'],
    ['http//box', 'Write :// between http or https'],
    ['http:/box', 'Write :// between http or https'],
    ['https;//box', 'Write :// between http or https'],
    ['http:///box', 'Write :// between http or https'],
    ['11434', 'A port alone is written with a colon: :11434.'],
    ['box:99999', 'A port is a number from 1 to 65535.'],
    ['http://box:0/', 'A port is a number from 1 to 65535.'],
    ['box,11434', 'It has a character that no host name can have.'],
    ['http://ada:s3cret@box;1', 'It has a character that no host name can have.'],
    ['127.0.0.1:11434/api', 'Leave out /api and what follows: the program adds it.'],
    ['http://box:8000/v1/chat/completions', 'Leave out what follows /v1: the program adds it.'],
    ['box/api/v1/models/', 'Leave out what follows /v1: the program adds it.'],
    ['/v1', 'The name or number of the machine comes first.'],
    ['//box/v1', 'The name or number of the machine comes first.'],
    ['http://box/ollama/api/tags', 'Leave out /api and what follows: the program adds it.'],
  ])('says what is wrong with %j', (text, slip) => {
    expect(() => parseHost(text)).toThrow(slip);
  });

  it.each([
    'http:8080',
    'https.example.com',
    'httpd',
    'bücher.example',
    'box_1',
    'a/api/b/c',
    'https://box/api/v1',
  ])('is also %j', (text) => {
    expect(() => parseHost(text)).not.toThrow();
  });
});
