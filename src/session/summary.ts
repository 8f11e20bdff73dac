/** What a list shows of a session: read from its log, without a look at each record. */
import type fs from 'node:fs';
import path from 'node:path';
import type { SessionHeader } from '../records/header.ts';
import { readHead, statIfSeen } from '../util/files.ts';
import { parseHeader, readLines } from './read-log.ts';

/** What only the whole log tells. */
export interface SessionFacts {
  /** How many requests were made, cleared ones included. */
  requests: number;
  /** The name of the model that was asked last. */
  model: string | undefined;
}

/** How a log begins. */
export interface LogStart {
  /** Undefined if the first line is not a header of this version. */
  header: SessionHeader | undefined;
  /** A later version of the program wrote it, in a way that this one does not know. */
  isNewer: boolean;
  /** The first request, or its start; undefined where there is none that the model has heard. */
  request: string | undefined;
}

/** How many bytes at a log's start must show whether it is a conversation. */
const PROBE_BYTES = 64 * 1024;
/** How a request's line starts, as `Session.record` writes it. */
const USER_RECORD = '{"type":"user"';
const EPOCH_RECORD = '{"type":"epoch"';
const FAILURE_RECORD = '{"type":"failure"';
/** Something came of a request, be it that the person stopped it. */
const HEARD_RECORD = /^\{"type":"(?:model|tool|assistant)"/;

/** Reads how a log begins. @throws Error with a `code` */
export function readStart(file: string): LogStart {
  const [first, ...lines] = readHead(file, PROBE_BYTES).toString('utf8').split('\n');
  const header = parseHeader(first);
  return { header, isNewer: !header && isNewer(first), request: firstRequest(lines) };
}

/** A first line like ours, but for the number of its version. */
function isNewer(line: string | undefined): boolean {
  const [, version] = /^\{"type":"session","version":(\d+)[,}]/.exec(line ?? '') ?? [];
  return Number(version) > 1;
}

function firstRequest(lines: readonly string[]): string | undefined {
  const line = lines.find((each) => each.startsWith(USER_RECORD));
  if (line === undefined) return undefined;
  const hasOnlyFailed =
    lines.some((each) => each.startsWith(FAILURE_RECORD)) &&
    !lines.some((each) => HEARD_RECORD.test(each));
  if (hasOnlyFailed) return undefined;
  // A line that is cut off or damaged still shows how the request starts.
  const [content = ''] = /(?<=^\{"type":"user","content":)"(?:[^"\\]|\\.)*/.exec(line) ?? [];
  try {
    return JSON.parse(`${content}"`) as string;
  } catch {
    return '';
  }
}

/** Reads a whole log, of which only a few lines are looked at. @throws Error with a `code` */
export function readFacts(file: string): SessionFacts {
  const facts: SessionFacts = { requests: 0, model: undefined };
  let isFirst = true;
  readLines(file, (line) => {
    if (isFirst) facts.model = parseHeader(line)?.model;
    if (line.startsWith(USER_RECORD)) facts.requests++;
    if (line.startsWith(EPOCH_RECORD)) facts.model = modelIn(line) ?? facts.model;
    isFirst = false;
  });
  return facts;
}

function modelIn(line: string): string | undefined {
  try {
    const { model } = JSON.parse(line) as { model?: unknown };
    return typeof model === 'string' ? model : undefined;
  } catch {
    return undefined;
  }
}

/** Whether two names are of one folder. The first may come from a header, which may name anything. */
export function isSameFolder(name: string, folder: string): boolean {
  if (name === folder) return true;
  if (name.includes('\0')) return false;
  // Of the folder, not of a link to it.
  return isSame(statIfSeen(`${name}/.`), statIfSeen(`${folder}/.`));
}

function isSame(one: fs.Stats | undefined, other: fs.Stats | undefined): boolean {
  return one !== undefined && one.dev === other?.dev && one.ino === other.ino;
}

/**
 * Whether a log belongs to the workspace that it lies in. A folder that was moved takes its sessions
 * along. They are another's where they are still in the folder that they name, too: this is a copy.
 * @param file the log, `folder` below the root of the workspace
 */
export function belongsTo(
  { workspace_root }: SessionHeader,
  workspaceRoot: string,
  file: string,
): boolean {
  if (workspace_root === workspaceRoot) return true;
  if (workspace_root.includes('\0')) return true; // a header may name anything
  const there = statIfSeen(path.join(workspace_root, path.relative(workspaceRoot, file)));
  // Under two names, a folder has the same files.
  return !there || isSame(there, statIfSeen(file));
}
