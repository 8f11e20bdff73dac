/** What the person is told of a server that is not this machine, before anything is sent to it. */
import os from 'node:os';
import type { Key } from './chosen-host.ts';
import type { Host } from '../model/http/host.ts';

/** Names and addresses of this machine, as URL has them: 127.0.0.1 in IPv6 is `::ffff:7f00:1`. */
const LOOPBACK = /^(?:(?:.*\.)?localhost\.?|127(?:\.\d+){3}|::1|::ffff:7f[\da-f]{2}:[\da-f]{1,4})$/;

/** Whether the address is of another machine. A name of this one in the network is not known here. */
export function isElsewhere({ url }: Host): boolean {
  const hostname = new URL(url).hostname.replace(/^\[|\]$/g, '');
  if (LOOPBACK.test(hostname)) return false;
  const own = Object.values(os.networkInterfaces()).flat();
  return !own.some((each) => each?.address === hostname);
}

/** What the person is told of a server that is another machine; undefined if it is this one. */
export function elsewhereNote(host: Host): string | undefined {
  if (!isElsewhere(host)) return undefined;
  return `another machine${isPlain(host) ? ', not encrypted' : ''}`;
}

/** Says that what the model reads goes to another machine; undefined where it stays on this one. */
export function elsewhereNotice(host: Host): string | undefined {
  const note = elsewhereNote(host);
  return note && `All that the model reads goes to ${host.url} (${note}).`;
}

/** Says that others can read the key on its way; undefined where there is none, or they cannot. */
export function plainKeyNotice(host: Host, key: Key): string | undefined {
  const hasPassword = host.headers['Authorization'] !== undefined;
  if (key.value === undefined && !hasPassword) return undefined;
  if (!isPlain(host) || !isElsewhere(host)) return undefined;
  const what = hasPassword ? 'password in the address' : `key in ${key.name}`;
  return `The ${what} goes to ${host.url} unencrypted: the network in between can read it.`;
}

function isPlain({ url }: Host): boolean {
  return url.startsWith('http:');
}
