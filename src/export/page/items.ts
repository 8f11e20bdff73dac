/** One record as an item of the time line. */
import { clipLine } from '../../context/clip.ts';
import { sharedPrefix } from '../../prompt/cache-stats.ts';
import type {
  ApprovalDecision,
  EpochRecord,
  FinalReason,
  SessionRecord,
  ToolRecord,
} from '../../records.ts';
import { markup, type Html } from './html.ts';
import { number, time } from './numbers.ts';
import type { Text } from './text.ts';

/** The most characters of a command, and of the arguments of a call, in a title. */
const SHORT_CHARS = 200;
const ARGS_CHARS = 100;

const DECISIONS: Readonly<Record<ApprovalDecision, string>> = {
  allowed: 'you allowed it',
  always: 'you allowed it always',
  edited: 'you edited and allowed it',
  denied: 'you said no',
  allowed_by_policy: 'allowed without a question',
  denied_by_policy: 'denied by the policy',
};

const ENDINGS: Readonly<Record<FinalReason, string>> = {
  answer: 'Answer',
  step_limit: 'Ended at the step limit',
  malformed: 'Ended after unusable replies',
  interrupted: 'You interrupted',
};

/** An item: its kind for the style, its heading, and what is below. */
export interface Item {
  kind: string;
  title: Html;
  /** The title is a heading, of this level in a session that a person began. */
  level?: 3 | 4;
  body?: readonly (Html | Text)[];
}

/**
 * The item of a record; undefined if others tell as much.
 * @param request the number of the last request
 * @param epoch the epoch before this record
 * @param isInReply the answer is in the reply above
 */
export function itemOf(
  record: Exclude<SessionRecord, { type: 'model' }>,
  {
    request,
    epoch,
    isInReply,
  }: { request: number; epoch: EpochRecord | undefined; isInReply: boolean },
): Item | undefined {
  switch (record.type) {
    case 'user':
      return {
        kind: 'person',
        level: 3,
        title: markup`Request ${request}`,
        body: [{ text: record.content }],
      };
    case 'heard':
      return { kind: 'person', title: markup`You added`, body: [{ text: record.content }] };
    case 'command': {
      const title = markup`You ran <code>${clipLine(record.command, SHORT_CHARS)}</code>`;
      return { kind: 'person', title, body: [{ name: 'Output', text: record.content }] };
    }
    case 'epoch':
      return epochItem(record, epoch);
    case 'tool':
      return toolItem(record);
    case 'notice':
      return { kind: 'notice', title: markup`Told the model`, body: [{ text: record.content }] };
    case 'assistant': {
      const body = isInReply ? [] : [{ text: record.content }];
      const where = isInReply ? ': the reply above' : '';
      return { kind: 'ending', title: markup`${ENDINGS[record.reason]}${where}`, body };
    }
    case 'failure': {
      const title = markup`The model call failed (${clipLine(record.kind, SHORT_CHARS)})`;
      return { kind: 'failed', title, body: [{ text: record.message }] };
    }
    case 'workspace':
      return {
        kind: 'notice',
        title: markup`The workspace changed`,
        body: [{ name: 'What the model is told', text: record.content }],
      };
    case 'note':
      return {
        kind: 'notice',
        title: markup`The delegate is told`,
        body: [{ text: record.content }],
      };
    case 'compaction': {
      const { whole, dropped } = record;
      const left = dropped > 0 ? `, the oldest ${number(dropped)} are left out` : '';
      const title = markup`Compaction: the newest ${number(whole)} entries stay whole${left}, the others are shortened`;
      return { kind: 'change', title };
    }
    case 'reset':
      return { kind: 'change', title: markup`Conversation and memory cleared` };
    case 'resume':
      return { kind: 'change', title: markup`Session resumed` };
    case 'undo': {
      const files = record.edits.map(({ path }) => path).join(', ');
      return {
        kind: 'person',
        title: markup`You undid the edits of ${clipLine(files, SHORT_CHARS)}`,
      };
    }
    case 'redo':
      return { kind: 'person', title: markup`You made the undone edits again` };
    case 'change':
      return undefined; // the call that writes the file follows
  }
}

function epochItem(record: EpochRecord, before: EpochRecord | undefined): Item {
  const { why, model, num_ctx, route, version, examples, memory } = record;
  const exampleText = textOf(examples);
  const isSame = before !== undefined && textOf(before.examples) === exampleText;
  const settings = Object.entries(record.settings).map(([name, value]) => `${name} ${value}`);
  const facts = [
    `model ${model}`,
    `window of ${number(num_ctx)} tokens`,
    ...settings,
    route === 'raw' ? "sent in the model's own template" : 'sent by the chat route',
    `version ${version}`,
  ];
  return {
    kind: 'change',
    title: markup`A cache epoch begins (${why})`,
    body: [
      markup`<p>${facts.map((fact) => clipLine(fact, SHORT_CHARS)).join(' · ')}</p>`,
      systemText(record.system, before?.system),
      ...(isSame || examples.length === 0 ? [] : [{ name: 'Examples', text: exampleText }]),
      ...(memory === '' ? [] : [{ name: 'Memory', text: memory }]),
    ],
  };
}

/** The system turn, from the first line that the one before did not have. */
function systemText(system: string, before: string | undefined): Html | Text {
  if (before === undefined) return { name: 'System turn', text: system };
  if (before === system) return markup`<p>The system turn is the same as before.</p>`;
  const from = system.lastIndexOf('\n', sharedPrefix(system, before) - 1) + 1;
  return { name: 'System turn, from the first line that is new', text: system.slice(from) };
}

function textOf(turns: EpochRecord['examples']): string {
  return turns.map(({ role, content }) => `[${role}]\n${content}`).join('\n\n');
}

function toolItem(record: ToolRecord): Item {
  const { name, args, ok, check, attached, decision, elapsed_ms, content } = record;
  if (attached) {
    const file = clipLine(String(args['path']), ARGS_CHARS);
    const body = [{ name: 'What the model was shown', text: content }];
    return { kind: 'person', title: markup`You attached <code>${file}</code>`, body };
  }
  const command = clipLine(String(args['command']), ARGS_CHARS);
  const what = check
    ? markup`Check ${ok ? 'passed' : 'failed'}: <code>${command}</code>`
    : markup`<b>${clipLine(name, ARGS_CHARS)}</b> <code>${clipLine(JSON.stringify(args), ARGS_CHARS)}</code>`;
  const facts = [
    ...(ok || check ? [] : ['failed']),
    ...(decision ? [DECISIONS[decision]] : []),
    ...(elapsed_ms === undefined ? [] : [time(elapsed_ms)]),
  ];
  return {
    kind: ok ? 'tool' : 'failed',
    title: markup`${what}${facts.length > 0 ? ` · ${facts.join(' · ')}` : ''}`,
    body: [
      // The reply has what the model asked for.
      ...(decision === 'edited'
        ? [{ name: 'As edited', text: JSON.stringify(args, null, 2) }]
        : []),
      { name: 'Result', text: content },
    ],
  };
}
