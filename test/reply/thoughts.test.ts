import { describe, expect, it } from 'vitest';
import { parseReply } from '../../src/reply/parse.ts';
import type { ToolShapes } from '../../src/reply/reply.ts';
import { everyNth, some } from '../support/stress.ts';
import { tools } from '../support/tools.ts';
import { AND_SO_ON, anyEndOf, meaningOf } from './watched.ts';

/** What opens a thought, and what closes it. */
const TAGS: readonly (readonly [string, string])[] = [
  ...(
    'think thinking Think THINKING thought thoughts reason reasoning reflect reflection analysis ' +
    'analyze analyse plan planning scratchpad scratch_pad scratch rationale deliberation cot ' +
    'inner_monologue internal-monologue inner_thoughts thought_process thinkingProcess chain_of_thought ' +
    'chain-of-thought antThinking seed:think mm:think longcat_think my.thoughts thinking_block ' +
    'reasoning_steps thought1 begin_of_reasoning step-by-step-reasoning self_reflection ' +
    'code-analysis implementation_plan pre_thinking cot_reasoning'
  )
    .split(' ')
    .map((name) => [`<${name}>`, `</${name}>`] as const),
  ['<inner monologue>', '</inner monologue>'],
  ['<thinking type="deep" n=1>', '</thinking>'],
  ['<plan\n  version="2"\n>', '</plan >'],
  ['< thought >', '< / thought >'],
  ['<|think|>', '<|/think|>'],
  ['<|thinking|>', '</|thinking|>'],
  ['<|begin_of_thought|>', '<|end_of_thought|>'],
  ['<|start_of_reasoning|>', '<|end_of_reasoning|>'],
  ['<|thought_start|>', '<|thought_end|>'],
  ['<｜begin▁of▁thinking｜>', '<｜end▁of▁thinking｜>'],
  ['<|START_THINKING|>', '<|END_THINKING|>'],
  ['<start_working_out>', '<end_working_out>'],
  ['[THINK]', '[/THINK]'],
  ['◁think▷', '◁/think▷'],
  ['<|channel|>analysis<|message|>', '<|end|>'],
  ['<|channel>thought\n', '<channel|>'],
  ['<unused94>thought\n', '<unused95>'],
  ['<|inner_prefix|>', '<|inner_suffix|>'],
];
/** The end of these is not known without their start. */
const PAIRED = /channel|unused|inner_prefix/;

const command = (of: string) => `{"name":"run_shell","arguments":{"command":"${of}"}}`;
/** One call in different formats. */
const FORMATS: Readonly<Record<string, (of: string) => string>> = {
  JSON: (of) => `<tool>${command(of)}</tool>`,
  XML: (of) => `<tool name="run_shell"><command>${of}</command></tool>`,
  'the name as a tag': (of) => `<run_shell><command>${of}</command></run_shell>`,
  'a fence': (of) => `\`\`\`json\n${command(of)}\n\`\`\``,
  tool_call: (of) => `<tool_call>\n${command(of)}\n</tool_call>`,
  functions: (of) => `<function=run_shell><parameter=command>${of}</parameter></function>`,
  Mistral: (of) => `[TOOL_CALLS]run_shell[ARGS]{"command": "${of}"}`,
};
const runs = (of: string) => ({ type: 'call', name: 'run_shell', args: { command: of } });
const ANSWER = '<final>done</final>';

describe.each(some(1, Object.entries(FORMATS)))('a call in the form of %s', (_, call) => {
  const draft = `I could ${call('draft')} now.`;

  it.each(TAGS)(
    'drafted after %j and before %j never runs, and the one behind it does',
    (open, close) => {
      const starts = ['', 'Let me see. ', `${open}Hm.${close}\n`, '\n', 'Let me see.\n'];
      for (const start of some(2, starts)) {
        const thought = `${start}${open}\n${draft}\n${call('draft')}\n${close}\n`;
        expect(parseReply(thought + call('meant'), tools)).toMatchObject(runs('meant'));
        expect(parseReply(thought + ANSWER, tools)).toEqual({ type: 'final', text: 'done' });
        expect(parseReply(thought, tools).type).not.toBe('call');
      }
    },
  );

  it.each(TAGS)('after %j, which nothing closes, never runs', (open) => {
    for (const start of some(1, ['', '\n', 'Let me see.\n'])) {
      expect(parseReply(`${start}${open}${draft}`, tools)).toMatchObject({ type: 'malformed' });
    }
  });

  it.each(TAGS.filter(([open]) => !PAIRED.test(open)))(
    'before the end of the thought that %j would open is a draft',
    (_open, close) => {
      expect(parseReply(`${draft}\n${close}\n${call('meant')}`, tools)).toMatchObject(
        runs('meant'),
      );
      const answer = parseReply(`${draft}\n${close}\nIt is 42.`, tools);
      expect(answer).toEqual({ type: 'final', text: 'It is 42.' });
    },
  );
});

describe('while it is generated, a reply', () => {
  it.each(some(8, TAGS.toReversed()))('does not end at a draft after %j', (open, close) => {
    for (const call of some(2, Object.values(FORMATS))) {
      const drafts = `${open}I could ${call('draft')} or ${call('draft')}\nNo.\n`;
      expect(anyEndOf(drafts)).toBeUndefined();
      const meant = call('meant');
      expect(meaningOf(`${drafts}${close}\n${meant}`)).toMatchObject(runs('meant'));
      const ended = anyEndOf(`${drafts}${close}\n${meant}\nI wait.${AND_SO_ON}`);
      expect(meaningOf(ended?.text ?? '')).toMatchObject(runs('meant'));
    }
  });

  it.each(TAGS.filter(([open]) => !PAIRED.test(open)))(
    'does not end at a draft after words that the end of %j shows to be a thought',
    (_, close) => {
      const reply = `Maybe <tool>${command('draft')}</tool>\nNo.\n${close}\n${ANSWER}`;
      expect(anyEndOf(reply)).toBeUndefined();
      expect(meaningOf(reply)).toEqual({ type: 'final', text: 'done' });
    },
  );
});

describe('thoughts', () => {
  const DRAFT = FORMATS['JSON']?.('draft') ?? '';
  const MEANT = FORMATS['JSON']?.('meant') ?? '';

  it.each([
    ['one inside another', `<think>a<plan>b</plan>${DRAFT}</think>`],
    ['one inside another of the same name', `<think>a<think>b</think>${DRAFT}</think>`],
    ['one that is opened twice and closed once', `<think><think>\n${DRAFT}</think>`],
    ['one closed by another name', `<thinking>${DRAFT}</think>`],
    ['one closed by another name, around one', `<thinking><plan>a</plan>${DRAFT}</think>`],
    ['one around one that is not closed', `<reflection>a <analysis> ${DRAFT}</reflection>`],
    ["a channel that names another thought's end", `<|channel|>analysis a</think>${DRAFT}<|end|>`],
    ['one in a fence', `\`\`\`\n<thought>${DRAFT}</thought>\n\`\`\`\n`],
    ['one after a letter', `Sure<thought>${DRAFT}</thought>`],
    ['one that ends after another one', `<think>a</think>${DRAFT}<plan>b</plan></think>`],
    ['one that is empty', '<think/>'],
    ['one that is empty, with attributes', '<plan for="x" />'],
  ])('may be %s: a call runs only behind them', (_, thought) => {
    expect(parseReply(thought + MEANT, tools)).toMatchObject(runs('meant'));
  });

  it.each([
    `<think>a<plan>b</plan>${DRAFT}`,
    `<thought>a<thinking>b</thinking>${DRAFT}`,
    `<think>a</think> <plan>${DRAFT}`,
  ])('are open until their own end, or one that no other one needs: %s', (raw) => {
    expect(parseReply(raw, tools)).toMatchObject({ type: 'malformed' });
  });

  it.each([
    ...'plant think-tank reasonable analysis_result planet scratch.txt PlanView planner thinker'.split(
      ' ',
    ),
    ...'replan analysis-report reasons2go unthinking explanation cotton rethink plan.md'.split(' '),
  ])('are not elements named <%s>', (name) => {
    expect(parseReply(`<${name}>\n${MEANT}`, tools)).toMatchObject(runs('meant'));
    expect(parseReply(`${MEANT}</${name}>`, tools)).toMatchObject(runs('meant'));
    const text = `It has <${name}>one</${name}>.`;
    expect(parseReply(text, tools)).toEqual({ type: 'final', text });
  });

  it.each([
    'a <plan> b holds.',
    'It returns Map<Plan> or Promise<Thought>.',
    'I add a <reason> element.',
    'The tag `<think>` opens it.',
    'See [think](a.md) and [analysis].',
    'As x < plan, and y > 0.',
  ])('are not what prose mentions: %s', (prose) => {
    expect(parseReply(`${prose}\n${MEANT}`, tools)).toMatchObject(runs('meant'));
    expect(parseReply(prose, tools)).toEqual({ type: 'final', text: prose });
  });

  it.each([
    'It reads:\n```xml\n<plan>\n  <step/>\n</plan>\n```\nThat is all.',
    'It starts so:\n```xml\n<analysis>\n```\nThat is all.',
    'It ends so:\n```xml\n</analysis>\n```\nThat is all.',
    'Write <reason>why</reason> in it.',
    'Write `<plan>x</plan>` in it.',
    'It must end by `</plan>`.',
    'The tag <think> opens a thought.',
    'Use the </think> tag at its end.',
    'Text between <think> and </think> is not shown.',
    'Render <Reflection/> and <Thought id={1} /> there.',
    'It prints:\n```\n<think>\nhm\n</think>\nyes\n```\nThat is all.',
    'The page is:\n```html\n<reflection>x</reflection>\n```',
  ])('are not the data in an answer: %s', (answer) => {
    expect(parseReply(answer, tools)).toEqual({ type: 'final', text: answer });
  });

  it.each([
    'Use the </think> tag at its end.',
    'Text between <think> and </think> is hidden.',
    'The tag <think> opens it.',
  ])('are not what a tagged answer without its end names: %s', (answer) => {
    expect(parseReply(`<final>${answer}`, tools)).toEqual({ type: 'final', text: answer });
  });

  it.each(['I look for the <think> tag.\n', 'I remove the </think> tag there.\n'])(
    'are not what the words before a call name: %s',
    (words) => {
      expect(parseReply(words + MEANT, tools)).toMatchObject(runs('meant'));
    },
  );

  it.each([
    `I use the <think>${DRAFT}`,
    `I use the <think>\n${DRAFT}</think>`,
    `Now ${DRAFT} and the </think>\n`,
    `Now ${DRAFT} by the tag </think>\n`,
    `The tag <think>\n${DRAFT}`,
    `It prints:\n\`\`\`\n<think>${DRAFT}</think>\n\`\`\`\n`,
  ])('are those that only resemble a word of a sentence: %j', (raw) => {
    expect(parseReply(raw, tools)).not.toMatchObject({ type: 'call' });
    expect(parseReply(`${raw}</think>${ANSWER}`, tools)).not.toMatchObject({ type: 'call' });
  });

  it('are left out of a plain answer', () => {
    const raw = '<reflection>Is it?</reflection>\nIt is.\n<plan>\nI stop.\n</plan>\nSo it is.';
    expect(parseReply(raw, tools)).toEqual({ type: 'final', text: 'It is.\n\nSo it is.' });
  });
});

describe('what looks like a thought inside a call', () => {
  const contents = [
    ...TAGS.flatMap(([open, close]) => [`${open}x${close}\n`, `a ${open} b\n`, `a ${close} b\n`]),
    '<todo>\n<plan id="1"><reason>why</reason><summary>s</summary></plan>\n</todo>\n',
    'return <Plan key={1}><Thought/></Plan>;\n',
  ];

  it.each(everyNth(3, contents))('reaches the file to the letter: %j', (content) => {
    const write = { type: 'call', name: 'write_file', args: { path: 'a', content } };
    const json = JSON.stringify({ name: 'write_file', args: write.args });
    const elements = `<path>a</path><content>${content}</content>`;
    for (const raw of [
      `<tool>${json}</tool>`,
      `<tool name="write_file" path="a"><content>${content}</content></tool>`,
      `<tool name="write_file">${elements}</tool>`,
      `<tool_call>${json}</tool_call>`,
    ]) {
      expect(parseReply(raw, tools)).toMatchObject(write);
      expect(parseReply(`<analysis>Hm.</analysis>\n${raw}`, tools)).toMatchObject(write);
      const ended = anyEndOf(`${raw}\nI wrote it.${AND_SO_ON}`);
      expect(meaningOf(ended?.text ?? '')).toMatchObject(write);
    }
  });

  it('reaches the file where words before the call name its element', () => {
    const content = '<todo>\n<plan><step/></plan>\n</todo>\n';
    const raw = `I add a <plan> to it.\n<write_file><path>a</path><content>${content}</content></write_file>`;
    expect(parseReply(raw, tools)).toMatchObject({ args: { path: 'a', content } });
  });

  it.each([
    ['Change the <reason> element.\n', 'x</reason>'],
    ['It goes before the end of the <plan> element.\n', '<step/></plan>'],
    ['Look at `<analysis>` and <analysis> here: ', 'a</analysis>b'],
  ])('is no end of a thought that the words before it, %j, only mention', (words, content) => {
    for (const call of Object.values(FORMATS)) {
      expect(parseReply(words + call(content), tools)).toMatchObject(runs(content));
    }
  });

  it.each(['\nThis adds the missing </plan>.', ' The tag </analysis> was missing, too.'])(
    'is followed by words that only mention the end of one: %j',
    (words) => {
      for (const call of Object.values(FORMATS)) {
        expect(parseReply(call('x') + words, tools)).toMatchObject({ type: 'call' });
      }
    },
  );

  it('is a draft where a line ends with the end of a thought, or another tag follows', () => {
    for (const after of [' so be it.</plan>\n<final>No.</final>', '\n</plan> <final>No.</final>']) {
      for (const call of Object.values(FORMATS)) {
        expect(parseReply(call('x') + after, tools)).toEqual({ type: 'final', text: 'No.' });
      }
    }
  });

  it('is no argument of it, nor is a draft in it', () => {
    const raw = `<tool name="read_file"><thought>Not <path>b</path>.</thought><path>a</path></tool>`;
    expect(parseReply(raw, tools)).toMatchObject({ name: 'read_file', args: { path: 'a' } });
    const open = '<tool name="read_file"><path>a</path> Hm, no.</reflection>\nIt is 42.';
    expect(parseReply(open, tools)).toMatchObject({ type: 'final', text: 'It is 42.' });
  });

  it('may be an argument or the name of a tool of your own', () => {
    const own: ToolShapes = new Map([
      ['plan', { argNames: ['steps', 'reason'] }],
      ['think', { argNames: ['thought'], body: 'thought' }],
    ]);
    const plan = { type: 'call', name: 'plan', args: { steps: 'a', reason: 'b' } };
    for (const tag of ['tool name="plan"', 'plan']) {
      const close = tag.split(' ')[0];
      const raw = `<${tag}><steps>a</steps><reason>b</reason></${close}>`;
      expect(parseReply(raw, own)).toMatchObject(plan);
      expect(parseReply(`<think>no: ${raw}</think>done`, own)).toMatchObject({ text: 'done' });
    }
    const think = { type: 'call', name: 'think', args: { thought: 'hm' } };
    for (const raw of [
      '<tool name="think"><thought>hm</thought></tool>',
      '<tool name="think">hm</tool>',
      '<think><thought>hm</thought></think>',
    ]) {
      expect(parseReply(raw, own)).toMatchObject(think);
    }
  });
});
