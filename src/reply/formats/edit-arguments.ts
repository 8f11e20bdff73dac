/**
 * Edits that are an argument of a call: `apply_patch` with an envelope, `replace_in_file` and
 * `apply_diff` with a block to replace.
 */
import { INERT, nameKey, toolNamed } from '../names.ts';
import { malformed, type Reply, type ToolShapes } from '../reply.ts';
import { ANOTHER_BLOCK, callOf, editIn, editInEnvelope, SEVERAL, type Found } from './patches.ts';

const PATH = /^(?:path|file|filepath|filename|targetfile)$/;
const PATCH = /^(?:diff|patch|input|patchtext|changes)$/;
const BLOCK =
  /^\s*<{5,9} ?(?:SEARCH|ORIGINAL)\b[^\n]*\n([^]*?)^>{5,9} ?(?:REPLACE|UPDATED)\b[^\n]*\s*(?![^])/im;
const ENVELOPE = /^\s*\*\*\* Begin Patch[ \t]*\r?\n([^]*?)^\*\*\* End Patch\s*(?![^])/m;

/** A call with one edit as its argument, as one of our own tools; any other reply as it is. */
export function withEdit(call: Reply, tools: ToolShapes): Reply {
  if (call.type !== 'call' || toolNamed(call.name, tools) !== undefined) return call;
  const given = Object.entries(call.args).filter(([name]) => !INERT.has(name));
  const patch = given.find(([name]) => PATCH.test(nameKey(name)))?.[1];
  const others = given.filter(([name]) => !PATCH.test(nameKey(name)));
  const path = others.find(([name]) => PATH.test(nameKey(name)))?.[1];
  const isAll = others.length === (path === undefined ? 0 : 1);
  if (typeof patch !== 'string' || !isAll) return call;
  const edit = editOf(patch, path);
  if (edit === undefined) return call;
  return 'problem' in edit ? malformed(edit.problem, 'patch_file') : callOf(edit, 0).reply;
}

function editOf(patch: string, path: unknown): Found['edit'] | undefined {
  const envelope = path === undefined ? ENVELOPE.exec(patch)?.[1] : undefined;
  if (envelope !== undefined) return editInEnvelope(envelope);
  const block = typeof path === 'string' ? BLOCK.exec(patch)?.[1] : undefined;
  if (block === undefined) return undefined;
  return ANOTHER_BLOCK.test(block) ? SEVERAL : editIn(block, String(path));
}
