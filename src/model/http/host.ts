/** The address of a server of models: from what people write to what can be called and shown. */

/** The address of a server, with its credentials apart. */
export interface Host {
  /** The base URL, without credentials or a slash at the end; safe to print. */
  readonly url: string;
  /** Headers with the credentials of `http://user:password@host`, if there are any. */
  readonly headers: Record<string, string>;
}

/** Ollama's. */
const DEFAULT_PORT = '11434';
/** How the path of an OpenAI-compatible server ends. */
const OPENAI_PATH = '/v1';

/** Whether an address is that of an OpenAI-compatible server: it ends in `/v1`. */
export function isOpenai({ url }: Pick<Host, 'url'>): boolean {
  return new URL(url).pathname.endsWith(OPENAI_PATH);
}

/**
 * Reads a host as people write it for Ollama: the scheme and the port are optional, and an address
 * to listen on (`0.0.0.0`, `::`) means this machine. The npm client gets these wrong by itself
 * (`http://localhost` would become port 80), so it always gets the result of this function. One that
 * ends in `/v1` is not Ollama's: without a port, it has that of any URL.
 * @throws TypeError that says what is wrong with it, if the text is no address of a server
 */
export function parseHost(text: string): Host {
  const bare = text.trim();
  const slip = slipIn(bare);
  if (slip !== undefined) throw new TypeError(slip);
  const isBareIpv6 = /^[0-9a-f]*:[0-9a-f:]*:[0-9a-f:.]*$/i.test(bare);
  const spelled = isBareIpv6 ? `[${bare}]` : bare.startsWith(':') ? `127.0.0.1${bare}` : bare;
  const url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(spelled) ? spelled : `http://${spelled}`);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new TypeError(`${url.protocol.slice(0, -1)} is neither http nor https.`);
  }
  if (!/^(?:[\w.-]+|\[[\da-f:.]+\])$/i.test(url.hostname)) {
    throw new TypeError('It has a character that no host name can have.');
  }
  const hostname = { '0.0.0.0': '127.0.0.1', '[::]': '[::1]' }[url.hostname] ?? url.hostname;
  // URL leaves out port 80 even if it was written, so look for it in the text.
  const wroteDefaultPort = /^(?:[a-z]+:\/\/)?[^/?#]*:\d+(?=[/?#]|$)/i.test(spelled);
  const path = url.pathname.replace(/\/+$/, '');
  const isPlain = wroteDefaultPort || path.endsWith(OPENAI_PATH);
  const port = url.port || (url.protocol === 'https:' ? '443' : isPlain ? '80' : DEFAULT_PORT);
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return {
    url: `${url.protocol}//${hostname}:${port}${path}`,
    headers:
      url.username || url.password
        ? { Authorization: `Basic ${Buffer.from(credentials).toString('base64')}` }
        : {},
  };
}

/** What a person has got wrong in an address that would pass for another; undefined if nothing. */
function slipIn(text: string): string | undefined {
  if (/^\d+$/.test(text)) return `A port alone is written with a colon: :${text}.`;
  if (/^https?(?:[;/]|:(?!\d|\/\/[^/]))/i.test(text)) {
    return 'Write :// between http or https and the host.';
  }
  const [, port] = /:(\d+)(?:[/?#].*)?$/s.exec(text) ?? [];
  const isIpv6 = /^[\da-f:.]+$/i.test(text) && (text.match(/:/g)?.length ?? 0) > 1;
  if (!isIpv6 && port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) {
    return 'A port is a number from 1 to 65535.';
  }
  if (text.startsWith('/')) return 'The name or number of the machine comes first.';
  if (/\/v1\/(?:chat(?:\/completions)?|completions|embeddings|models|responses)\/*$/.test(text))
    return 'Leave out what follows /v1: the program adds it.';
  if (/\/api(?:\/(?!v1\/?$)\w*)?\/?$/.test(text))
    return 'Leave out /api and what follows: the program adds it.';
  return undefined;
}
