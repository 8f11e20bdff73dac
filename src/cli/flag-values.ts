/** The values of flags: how one is read from a word of the command line, and what it is in JSON. */
import fs from 'node:fs';
import { InvalidArgumentError } from 'commander';
import { parseHost } from '../model/http/host.ts';

/** What a value can be in JSON; settings.ts has the schemas, which only a settings file needs. */
export type JsonKind = 'text' | 'number' | 'switch' | 'asking policy' | 'duration' | 'list';

/** A kind of value that the settings file may hold. */
export interface LastingValue {
  /** Reads a word. Every value of a list is read by itself. @throws InvalidArgumentError */
  parse?: (word: string, earlier?: string[]) => unknown;
  /** What stands in the file; `parse` checks it further. */
  json: JsonKind;
}

/** On or off. */
export const SWITCH: LastingValue = { json: 'switch' };

/** A policy that lets nothing run unasked. */
export const ASKING_POLICY: LastingValue = { json: 'asking policy' };

/** Any text but nothing. */
export const NAME: LastingValue = { parse: filled, json: 'text' };

/** One of the choices of a flag. */
export const MODE: LastingValue = { json: 'text' };

/** The address of a server, or a name that the settings give one. */
export const HOST: LastingValue = { parse: host, json: 'text' };

/** Seconds, or a duration as Ollama reads it; a negative one means forever. */
export const DURATION: LastingValue = { parse: duration, json: 'duration' };

/** Names of environment variables. */
export const VARIABLES: LastingValue = { parse: variable, json: 'list' };

/** A whole number in this range. */
export function whole(min: number, max: number): LastingValue {
  return { parse: (word) => inRange(word, /^\d+$/, 'a whole number', min, max), json: 'number' };
}

/** A number in this range. */
export function decimal(min: number, max: number): LastingValue {
  return { parse: (word) => inRange(word, /^\d*\.?\d+$/, 'a number', min, max), json: 'number' };
}

/** Trims text that must be neither empty nor the next flag. @throws InvalidArgumentError */
export function filled(value: string): string {
  const text = value.trim();
  if (text === '') throw new InvalidArgumentError('It must not be empty.');
  if (text.startsWith('-')) throw new InvalidArgumentError('It must not begin with a dash.');
  return text;
}

/** The name of a folder that exists. @throws InvalidArgumentError */
export function folder(value: string): string {
  let why = 'No such folder.';
  try {
    if (fs.statSync(value).isDirectory()) return value;
    why = 'It is not a folder.';
  } catch {
    // Missing or not accessible: the same to the person who named it.
  }
  throw new InvalidArgumentError(why);
}

/** Every name that the settings can have is an address, too. Empty means the default. */
function host(value: string): string {
  const text = value.trim();
  try {
    if (text !== '') parseHost(text);
    return text;
  } catch (error) {
    // What URL says itself is no help: it is for programs.
    const isOurs = error instanceof TypeError && !('code' in error);
    const why = isOurs ? `${error.message} ` : '';
    throw new InvalidArgumentError(`${why}It must be a URL such as http://127.0.0.1:11434.`);
  }
}

function inRange(value: string, form: RegExp, kind: string, min: number, max: number): number {
  const number = Number(value);
  if (!form.test(value) || number < min || number > max) {
    throw new InvalidArgumentError(`It must be ${kind} from ${min} to ${max}.`);
  }
  return number;
}

function duration(value: string): string | number {
  if (/^-?\d+$/.test(value)) return Number(value);
  if (/^-?(\d+(\.\d+)?(ms|s|m|h))+$/.test(value)) return value;
  throw new InvalidArgumentError('It must be seconds, or a duration such as 30m.');
}

function variable(name: string, earlier: string[] = []): string[] {
  if (!/^[A-Za-z_]\w*$/.test(name))
    throw new InvalidArgumentError('It must be the name of a variable.');
  return [...earlier, name];
}
