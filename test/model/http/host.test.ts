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
    ['http://gpu-box:8000/v1/chat', false],
    ['http://gpu-box:8000/rev1', false],
  ])('that is %s has the routes of OpenAI: %s', (text, is) => {
    expect(isOpenai(parseHost(text))).toBe(is);
  });

  it('takes credentials out of the address and sends them as a header', () => {
    const host = parseHost('https://ada:p%40ss@example.com/base');
    expect(host.url).toBe('https://example.com:443/base');
    const authorization = `Basic ${Buffer.from('ada:p@ss').toString('base64')}`;
    expect(host.headers).toEqual({ Authorization: authorization });
  });

  it.each(['ftp://example.com', 'file:///etc/passwd', 'http://', 'http://a b', 'host:port'])(
    'refuses %j, which is no http address',
    (text) => {
      expect(() => parseHost(text)).toThrow(TypeError);
    },
  );
});
