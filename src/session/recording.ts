/** A session's log as a recording: what the person asked, what the model replied, what came of it. */
import fs from 'node:fs';
import path from 'node:path';
import type { SessionRecord, ToolRecord } from '../records.ts';
import type { SessionHeader } from '../records/header.ts';
import { errorCode, FileError, unlessUnreadable } from '../util/errors.ts';
import { isId } from './folder.ts';
import { damageOf, readLog } from './read-log.ts';
import { SessionError } from './session-error.ts';
import { readStart } from './summary.ts';

/** A tool call's result. */
export interface RecordedResult {
  content: string;
  /** The call started a delegate with this id. */
  child?: string | undefined;
  /** The delegate's replies; undefined if its log is not beside the recording. */
  childReplies?: readonly RecordedReply[] | undefined;
}

/** One model call: the raw reply, or the part of it that came, and what followed. */
export interface RecordedReply {
  text: string;
  thought: string;
  doneReason: string;
  isConstrained: boolean;
  /** Why the call failed, if it did. */
  failure?: string;
  /** Undefined if the reply was no call, or the call did not end. */
  result?: RecordedResult;
  /** What the person added to the request after the result. */
  heard: string[];
}

/** A request, the files whose content went with it, and the replies to it, in order. */
export interface RecordedRequest {
  type: 'request';
  request: string;
  files: string[];
  replies: RecordedReply[];
}

/** What the person did: a request, a command of theirs with its output, or one of three commands. */
export type RecordedItem =
  | RecordedRequest
  | { type: 'command'; command: string; content: string }
  | { type: 'undo' | 'redo' | 'reset' };

/** A recorded session. */
export interface Recording {
  /** The name of the model that it began with. */
  model: string;
  /** The root of its workspace. */
  root: string;
  /** The context window in tokens; undefined if no model was asked. */
  numCtx: number | undefined;
  /** In order; at least one is a request. */
  items: RecordedItem[];
  /** What was skipped, as a clause; undefined if nothing. */
  damage: string | undefined;
}

/** A recording is kept in memory: the most MiB of its logs together. */
const MAX_MIB = 64;
const MIB = 1024 ** 2;

/** Reads a session's log and those of its delegates beside it. @throws SessionError */
export function readRecording(name: string): Recording {
  try {
    const file = fs.realpathSync(name);
    const { header, isNewer } = readStart(file);
    const { size } = fs.statSync(file);
    if (!header) throw new FileError('EINVAL', isNewer ? NEWER : NO_LOG);
    if (size > MAX_MIB * MIB) throw new FileError('EFBIG', `it has more than ${MAX_MIB} MiB`);
    const recording = readItems(file, header, MAX_MIB * MIB - size);
    if (recording.items.some(({ type }) => type === 'request')) return recording;
    throw new FileError('EINVAL', 'it has no request');
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    const known = code === 'ENOENT' ? 'there is no such file' : code;
    const why = error instanceof FileError ? error.message : known;
    throw new SessionError(`Cannot replay ${name}: ${why}.`);
  }
}

const NEWER = 'a newer version of mini-coding-agent wrote it; update to replay it';
const NO_LOG =
  'it is no session. Sessions are the .jsonl files in .mini-coding-agent/sessions of a workspace';

function readItems(file: string, header: SessionHeader, bytesLeft: number): Recording {
  const tape = new Tape(childReader(path.dirname(file), header.id, bytesLeft));
  const damage = damageOf(readLog(file, (record) => tape.add(record))).join(' and ');
  const { items, numCtx } = tape;
  const { model, workspace_root: root } = header;
  return { model, root, numCtx, items, damage: damage === '' ? undefined : damage };
}

type ReadChild = (id: string) => RecordedReply[] | undefined;

/** Reads the logs of a session's delegates, once each, as long as there are bytes left. */
function childReader(folder: string, parent: string, bytesLeft: number): ReadChild {
  const known = new Map<string, RecordedReply[] | undefined>();
  const read: ReadChild = (id) => {
    const file = path.join(folder, `${id}.jsonl`);
    const { size } = fs.lstatSync(file);
    if (size > bytesLeft || readStart(file).header?.parent !== parent) return undefined;
    bytesLeft -= size;
    const tape = new Tape(() => undefined); // a delegate has none of its own
    readLog(file, (record) => tape.add(record));
    return tape.items.flatMap((item) => (item.type === 'request' ? item.replies : []));
  };
  return (id) => {
    if (!isId(id)) return undefined;
    if (!known.has(id))
      known.set(
        id,
        unlessUnreadable(() => read(id)),
      );
    return known.get(id);
  };
}

/** What the records of a log come to, as a recording. */
class Tape {
  readonly items: RecordedItem[] = [];
  numCtx: number | undefined;
  readonly #readChild: ReadChild;
  /** The request that the records belong to. */
  #request: RecordedRequest | undefined;

  constructor(readChild: ReadChild) {
    this.#readChild = readChild;
  }

  add(record: SessionRecord): void {
    switch (record.type) {
      case 'user':
        this.#request = { type: 'request', request: record.content, files: [], replies: [] };
        this.items.push(this.#request);
        break;
      case 'epoch':
        this.numCtx ??= record.num_ctx;
        break;
      case 'model':
        this.#addReply({
          text: record.content,
          thought: record.thought ?? '',
          doneReason: record.done_reason,
          isConstrained: record.constrained ?? false,
        });
        break;
      case 'failure':
        this.#addFailure(record.message);
        break;
      case 'tool':
        this.#addResult(record);
        break;
      case 'heard':
        this.#reply?.heard.push(record.content);
        break;
      case 'command': {
        const { command, content } = record;
        this.items.push({ type: 'command', command, content });
        break;
      }
      case 'undo':
      case 'redo':
      case 'reset':
        this.items.push({ type: record.type });
        break;
    }
  }

  get #reply(): RecordedReply | undefined {
    return this.#request?.replies.at(-1);
  }

  #addReply(reply: Omit<RecordedReply, 'heard'>): void {
    this.#request?.replies.push({ ...reply, heard: [] });
  }

  /** The part of a reply that broke off is recorded before the failure. */
  #addFailure(failure: string): void {
    const reply = this.#reply;
    if (reply?.doneReason === 'failed' && reply.failure === undefined) reply.failure = failure;
    else
      this.#addReply({
        text: '',
        thought: '',
        doneReason: 'failed',
        isConstrained: false,
        failure,
      });
  }

  /** Not the program's own calls: the check, which a replay has not, and what the request attaches. */
  #addResult({ content, child, check, attached, args }: ToolRecord): void {
    const { path: name } = args;
    if (attached && typeof name === 'string') this.#request?.files.push(name);
    const reply = this.#reply;
    if (!reply || attached || check) return;
    const childReplies = child === undefined ? undefined : this.#readChild(child);
    reply.result = { content, child, childReplies };
  }
}
