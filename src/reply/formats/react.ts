/** Calls as ReAct agents write them: `Action: read_file` and `Action Input: {"path": "a"}`. */
import { matchAt } from '../match-at.ts';
import { toolsCalled } from '../names.ts';
import { malformed, type Construct, type ToolShapes } from '../reply.ts';
import { isInSample, isLedInto } from './around.ts';
import { readJsonCall } from './json.ts';

/** A label at the start of a line, in bold or not: the source of a regular expression. */
const label = (words: string) => `(?:\\*\\*|__)?${words}(?:\\*\\*|__)?[ \\t]{0,9}:(?:\\*\\*|__)?`;

/** What opens one: the line of the action. */
export const ACTION = `(?<![^\\n>])[ \\t]{0,9}${label('Action')}[ \\t]{0,9}(?=[\`"\\w])`;

const NAME = '[`"]?([\\w.-]{1,60})(?:\\(\\))?[`"]?[ \\t]{0,9}';
const INPUT = `\\r?\\n\\s{0,20}${label('Action[ _]?Input')}[ \\t]{0,9}`;

/** Reads the call whose `Action:` ends at `at`. */
export function readAction(raw: string, at: number, tools: ToolShapes): Construct | undefined {
  const name = matchAt(raw, at, NAME);
  if (!name || isInSample(raw, at)) return undefined;
  const [called = ''] = name.groups;
  const [tool] = toolsCalled(called, tools);
  const input = matchAt(raw, name.end, INPUT);
  if (!input) return tool === undefined ? undefined : inNoKnownForm(tool, raw);
  if (/^final[ _]?answer$/i.test(called)) return undefined;
  if (!isLedInto(raw, raw.lastIndexOf('\n', at) + 1)) return inNoKnownForm(tool, raw);
  const json = matchAt(raw, input.end, '(?:\\s{0,20}```(?:json)?)?\\s{0,20}(?=\\{)');
  if (json) return readJsonCall(raw, json.end, called);
  return readPlainInput(raw, input.end, called, tools);
}

/** An input of one line without JSON is the one argument that a reading tool must have. */
function readPlainInput(
  raw: string,
  at: number,
  called: string,
  tools: ToolShapes,
): Construct | undefined {
  const [tool] = toolsCalled(called, tools);
  const { required = [], risky } = tools.get(tool ?? '') ?? {};
  const line = matchAt(raw, at, '([^\\n]{1,2000})(?:\\n|$)');
  const after = line && matchAt(raw, line.end, `\\s{0,200}(?:$|${label('Observation')}|<[|｜])`);
  const [argument, ...others] = required;
  if (risky || !line || !after || argument === undefined || others.length > 0) {
    return inNoKnownForm(tool, raw);
  }
  const text = (line.groups[0] ?? '').trim();
  const bare = /^([`"'])(.*)\1$/.exec(text)?.[2] ?? text;
  // Quotes inside, or an argument of a call, may mean anything.
  if (bare === '' || /^[[{(<]|^\w+\s*=/.test(bare)) return inNoKnownForm(tool, raw);
  const reply = { type: 'call' as const, name: called, args: { [argument]: bare }, ignored: '' };
  return { reply, end: line.end };
}

function inNoKnownForm(tool: string | undefined, raw: string): Construct {
  return { reply: malformed('the action needs its input as a JSON object', tool), end: raw.length };
}
