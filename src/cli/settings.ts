/** Settings that stay: the flags that a person keeps in a file of their own configuration folder. */
import fs from 'node:fs';
import path from 'node:path';
import type { Command, Option } from 'commander';
import * as z from 'zod';
import type { JsonKind } from './flag-values.ts';
import type { LastingOption } from './flags.ts';
import { hostsSchema, type NamedHost } from './named-hosts.ts';
import { UsageError } from './usage-error.ts';
import { userFolder } from './user-folder.ts';
import { errorCode, FileError } from '../util/errors.ts';
import { realPathOf } from '../util/file-names.ts';
import { readHead } from '../util/files.ts';
import { nearest } from '../util/nearest.ts';

const MAX_BYTES = 64 * 1024;
const TEXT_EXPECTED = 'It must be a string.';
const EXAMPLE = 'It must be like {"model": "qwen3.5:4b", "max-steps": 30}.';

/** What each kind of value is in the file, before the flag's own parser checks it. */
const JSON_VALUES = {
  text: () => z.string(TEXT_EXPECTED),
  number: () => z.number('It must be a number.'),
  switch: () => z.boolean('It must be true or false.'),
  'asking policy': () =>
    z.literal(['ask', 'never'], 'It must be "ask" or "never"; auto is for one run only.'),
  duration: () =>
    z.union([z.string(), z.number()], 'It must be seconds, or a duration such as "30m".'),
  list: () => z.array(z.string(TEXT_EXPECTED), 'It must be a list of strings.'),
} satisfies Record<JsonKind, () => z.ZodType>;

/** What a settings file has besides the values of flags. */
interface Settings {
  /** Where the file is: by its name, and where its links lead; nothing without a file. */
  places: string[];
  /** The servers with a name. */
  hosts: ReadonlyMap<string, NamedHost>;
}

/** Where there is no settings file, or none is read. */
export const NO_SETTINGS: Settings = { places: [], hosts: new Map() };

/**
 * Gives each flag that neither the command line nor the environment has set the value that the
 * settings file has for it. Without a file, nothing changes.
 * @throws UsageError that names file, key and what to do, when anything is wrong with it
 */
export function applySettings(command: Command, env: NodeJS.ProcessEnv): Settings {
  const file = path.join(userFolder(env['XDG_CONFIG_HOME'], '.config'), 'config.json');
  const found = readSettings(file);
  if (!found) return NO_SETTINGS;
  const flags = command.options.filter(isLasting);
  const ofFlags = Object.fromEntries(flags.map((flag) => [flag.name(), valueOf(flag)]));
  const schema = z.strictObject({ ...ofFlags, hosts: hostsSchema() }).partial();
  const { data, error } = schema.safeParse(parseJson(file, found.text));
  const [issue] = error?.issues ?? [];
  if (issue) throw new UsageError(explain(file, issue, command));
  const { hosts = {}, ...rest } = data ?? {};
  const values: Record<string, unknown> = rest;
  for (const flag of flags) {
    const name = flag.attributeName();
    const value = values[flag.name()];
    const source = command.getOptionValueSource(name);
    const isSet = source === 'cli' || (source === 'env' && env[flag.envVar ?? '']?.trim());
    if (value !== undefined && !isSet) command.setOptionValueWithSource(name, value, 'config');
  }
  return { places: found.places, hosts: new Map(Object.entries(hosts)) };
}

/** Undefined if there is no file. Links are followed: people keep such files elsewhere. */
function readSettings(file: string): { text: string; places: string[] } | undefined {
  try {
    if (!isThere(file)) return undefined;
    const folder = realPathOf(path.dirname(file));
    const real = realPathOf(file);
    const bytes = readHead(real, MAX_BYTES + 1);
    if (bytes.length > MAX_BYTES)
      throw new FileError('EFBIG', `it has more than ${MAX_BYTES} bytes`);
    const text = new TextDecoder().decode(bytes); // without a byte order mark
    return { text, places: [path.join(folder, path.basename(file)), real] };
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined || !(error instanceof Error)) throw error;
    const why = error instanceof FileError ? error.message : code;
    throw new UsageError(
      `Cannot read the settings file ${file}: ${why}. Make it a file that can be read, or remove it.`,
    );
  }
}

/** Whether there is a file or anything else; above it, there may be no folder. */
function isThere(file: string): boolean {
  try {
    fs.lstatSync(file);
    return true;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return false;
    throw error;
  }
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // What it quotes of the text may hold a password.
    const why = error.message.replace(/,? (?:\.\.\.)?".*$/s, '');
    throw new UsageError(`The settings file ${file} is not valid JSON: ${why}. ${EXAMPLE}`);
  }
}

/** The value of a flag as JSON has it, read by the flag's own parser: each of a list by itself. */
function valueOf({ json, parseArg }: LastingOption): z.ZodType {
  const schema: z.ZodType<string | number | boolean | string[]> = JSON_VALUES[json]();
  return schema.transform((value, context) => {
    if (!parseArg || typeof value === 'boolean') return value;
    try {
      return [value]
        .flat()
        .reduce<unknown>((earlier, each) => parseArg(String(each), earlier), undefined);
    } catch (error) {
      if (!isInvalidArgument(error)) throw error;
      context.addIssue(error.message);
      return z.NEVER;
    }
  });
}

// Not by their classes: in the built program the command line was parsed by other code than this.
const isLasting = (flag: Option): flag is LastingOption => 'json' in flag;
const isInvalidArgument = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && error.code === 'commander.invalidArgument';

function explain(file: string, issue: z.core.$ZodIssue, command: Command): string {
  const [key = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined] = issue.path;
  if (key === undefined) return `The settings file ${file} is not a JSON object. ${EXAMPLE}`;
  const name = key === 'hosts' ? issue.path.join('.') : String(key);
  const isUnknown = issue.code === 'unrecognized_keys' && issue.path.length === 0;
  const why = isUnknown ? whyUnknown(name, command) : issue.message;
  return `"${name}" in the settings file ${file}: ${why} Correct or remove it.`;
}

function whyUnknown(name: string, command: Command): string {
  const [lasting, once] = [true, false].map((stays) =>
    command.options.filter((flag) => isLasting(flag) === stays).map((flag) => flag.name()),
  );
  if (once?.includes(name)) return `The flag --${name} is for one run.`;
  const known = [...(lasting ?? []), 'hosts'];
  const meant = nearest(name, known);
  return `There is no such setting. ${meant ? `Did you mean "${meant}"?` : `The settings are: ${known.join(', ')}.`}`;
}
