/** Recordings of a real server: a request, and what came back, byte for byte. */
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';

const FOLDER = path.resolve(import.meta.dirname, '../../fixtures');

/** An answer as it came over the wire. */
export interface Answer {
  status: number;
  /** Names and values, in their order. */
  headers: [name: string, value: string][];
  body: string;
}

export interface Recording extends Answer {
  path: string;
  /** The request's body; undefined: it was a GET. */
  request: Record<string, unknown> | undefined;
}

/** All recordings of a kind of server by name. */
export function recordings(kind = 'ollama'): [name: string, recording: Recording][] {
  const folder = path.join(FOLDER, kind);
  return fs
    .readdirSync(folder)
    .map((file) => [path.parse(file).name, read(path.join(folder, file))]);
}

function read(file: string): Recording {
  const [command = '', ...rest] = fs.readFileSync(file, 'utf8').split('\n');
  const [, where = '', data] = /^\$ (\S+)(?: -d (.*))?$/.exec(command) ?? [];
  const [status = '', ...headers] = rest.slice(0, rest.indexOf(''));
  return {
    path: where,
    request: data === undefined ? undefined : (JSON.parse(data) as Record<string, unknown>),
    status: Number(status.split(' ')[1]),
    headers: headers.map((header) => header.split(': ') as [string, string]),
    body: rest.slice(rest.indexOf('') + 1).join('\n'),
  };
}

/** Sends a request, and tells what came back as a recording would. */
export function ask(url: string, where: string, body?: Record<string, unknown>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const method = body ? 'POST' : 'GET';
    const request = http.request(url + where, { method }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('error', reject).on('end', () => {
        const raw = response.rawHeaders;
        const headers = raw.flatMap((name, at): [string, string][] =>
          at % 2 === 0 ? [[name, raw[at + 1] ?? '']] : [],
        );
        resolve({ status: response.statusCode ?? 0, headers, body: text });
      });
    });
    request.on('error', reject).end(body && JSON.stringify(body));
  });
}

/** The lines of a body that are JSON; a recording may leave some out. */
export function linesOf(body: string): Record<string, unknown>[] {
  const lines = body.split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** The keys of a value in their order, and the types of their values. */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return Object.entries(value).map(([key, each]) => [key, shapeOf(each)]);
}
