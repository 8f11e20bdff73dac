import { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { Chalk } from 'chalk';
import * as fc from 'fast-check';
import stringWidth from 'string-width';
import { afterEach, beforeEach, describe, expect, it, vi, onTestFinished } from 'vitest';
import type { AgentEvent } from '../../../src/agent/events.ts';
import type { Usage } from '../../../src/model/model.ts';
import { LiveThought } from '../../../src/terminal/screen/live-thought.ts';
import { Screen, type ScreenOptions } from '../../../src/terminal/screen/screen.ts';
import { labelOf } from '../../../src/tools/label.ts';
import type { ToolSummary } from '../../../src/tools/outcome.ts';
import { tools } from '../../support/tools.ts';
import { often } from '../../support/stress.ts';

/** A stream that keeps what is written to it. */
class Sink extends Writable {
  text = '';
  /** As wide as this, where it is a terminal. */
  columns?: number;
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
  }
}

/** A screen that keeps answers and progress apart. */
function sinkScreen(options: Partial<ScreenOptions> = {}) {
  const [answers, progress] = [new Sink(), new Sink()];
  const off = { streams: 'all' as const, showsStatus: false, showsCost: false };
  const chalk = new Chalk({ level: 0 });
  return {
    answers,
    progress,
    screen: new Screen({ answers, progress, chalk, ...off, ...options }),
  };
}

/** What these events put on the screen. */
async function show(
  events: readonly AgentEvent[],
  options: Partial<ScreenOptions> = {},
  depth = 0,
) {
  const { screen, answers, progress } = sinkScreen(options);
  for (const event of events) await screen.show(event, depth);
  return { answers: answers.text, progress: progress.text };
}

const start: AgentEvent = {
  type: 'model_start',
  promptChars: 4_000,
  promptTokens: 1_250,
  newTokens: 1_250,
};
const end = (usage: Partial<Usage> = {}): AgentEvent => ({
  type: 'model_end',
  usage: { prompt_chars: 100, ...usage },
  numCtx: 1_000,
});
const delta = (answer: string, isAnswer = false): AgentEvent => ({
  type: 'model_delta',
  raw: answer,
  answer,
  isAnswer,
});
const final = (text: string): AgentEvent => ({ type: 'final', reason: 'answer', text });
const toolStart = (name: string, args: Record<string, unknown>) => ({
  type: 'tool_start' as const,
  name,
  args,
  label: labelOf(tools.get(name), name, args),
});
const toolEnd = (
  name: string,
  args: Record<string, unknown>,
  ended: Partial<AgentEvent & { type: 'tool_end' }> = {},
) => ({
  ...toolStart(name, args),
  type: 'tool_end' as const,
  ok: true,
  content: '',
  elapsedMs: 5,
  ...ended,
});

/** One call with its end. */
const call = (...called: Parameters<typeof toolEnd>): AgentEvent[] => [
  toolStart(called[0], called[1]),
  toolEnd(...called),
];
const result = (text: string, more: Partial<ToolSummary> = {}) => ({
  summary: { result: text, ...more },
});
const error = (content: string) => ({ ok: false, content });

describe('an answer', () => {
  const streamed = [
    start,
    delta('The bug '),
    delta('is fixed.'),
    end(),
    final('The bug is fixed.'),
  ];

  it('is shown once, whether it is streamed or not', async () => {
    expect((await show(streamed)).answers).toBe('The bug is fixed.\n');
    expect((await show(streamed, { streams: 'nothing' })).answers).toBe('The bug is fixed.\n');
  });

  it('is completed by what was not streamed', async () => {
    const events = [start, delta('The bug'), end(), final('The bug is fixed.')];
    expect((await show(events)).answers).toBe('The bug is fixed.\n');
  });

  it('is shown whole on its own lines when something else was streamed', async () => {
    const events = [start, delta('Let me '), end(), final('Done.')];
    expect((await show(events)).answers).toBe('Let me \nDone.\n');
  });

  it('of a delegate is not shown', async () => {
    expect((await show(streamed, {}, 1)).answers).toBe('');
  });

  it('begins on a new line after a reply that was shown in part and turned into a call', async () => {
    const events = [start, delta('I look.'), end(), ...call('search', { pattern: 'x' }), start];
    expect((await show([...events, delta('Ok'), final('Ok')])).answers).toBe('I look.\nOk\n');
  });

  it('is rendered where colours are given for it, and is as the model wrote it where not', async () => {
    const events = [
      start,
      delta('**Fi'),
      delta('xed** in `a.ts`.'),
      end(),
      final('**Fixed** in `a.ts`.'),
    ];
    const answerChalk = new Chalk({ level: 1 });
    expect((await show(events)).answers).toBe('**Fixed** in `a.ts`.\n');
    const { answers } = await show(events, { answerChalk });
    expect(answers).toBe('\u001b[1mFixed\u001b[22m in \u001b[36ma.ts\u001b[39m.\n');
  });
});

describe('a call that a rule let run', () => {
  it.each([
    [80, '• ran npm test -- --run a.test.ts · exit 0 · always: npm test …\n  ok\n'],
    [40, '• ran npm test -- --run a.test… · exit 0\n  always: npm test …\n  ok\n'],
  ])('names it in %i columns', async (columns, shown) => {
    const progress = Object.assign(new Sink(), { columns });
    const ended = { ...result('exit 0', { output: ['ok'] }), rule: 'npm test …' };
    await show(call('run_shell', { command: 'npm test -- --run a.test.ts' }, ended), { progress });
    expect(progress.text).toBe(shown);
  });
});

describe('an answer in a pipe', () => {
  const piped = (events: AgentEvent[]) => show(events, { streams: 'certain' });
  const broken: AgentEvent = { type: 'malformed', problem: 'the reply broke off' };

  it('is written as it arrives where it is one for certain, and else once it is complete', async () => {
    const { screen, answers } = sinkScreen({ streams: 'certain' });
    for (const event of [start, delta('I look.'), end(), ...call('list_files', {}), start]) {
      await screen.show(event);
    }
    expect(answers.text).toBe('');
    await screen.show(delta('It is\u001b[2J', true));
    expect(answers.text).toBe('It is\\x1b[2J');
    for (const event of [delta(' so', true), end()]) await screen.show(event);
    await screen.show(final('It is\u001b[2J so.'));
    expect(answers.text).toBe('It is\\x1b[2J so.\n');
    expect((await piped([start, delta('Plain.'), end(), final('Plain.')])).answers).toBe(
      'Plain.\n',
    );
  });

  it('that broke off goes on where the next one begins like it', async () => {
    const again = [delta('One', true), delta(', two', true), delta(', three', true)];
    const events = [start, delta('One, t', true), broken, start, ...again];
    const { screen, answers } = sinkScreen({ streams: 'certain' });
    for (const event of events) await screen.show(event);
    expect(answers.text).toBe('One, two, three');
    await screen.show(final('One, two, three.'));
    expect(answers.text).toBe('One, two, three.\n');
  });

  it('that broke off is followed by the whole of another one', async () => {
    const events = [
      start,
      delta('One', true),
      broken,
      start,
      delta('Twofold', true),
      final('Twofold.'),
    ];
    expect((await piped(events)).answers).toBe('One\n\nTwofold.\n');
  });

  it('ends its line where there is no end of it', async () => {
    const stopped: AgentEvent = { type: 'final', reason: 'interrupted', text: 'Interrupted.' };
    const { answers, progress } = await piped([start, delta('One', true), stopped]);
    expect([answers, progress]).toEqual(['One\n', 'Interrupted.\n']);
  });
});

describe('the tools', () => {
  const events = [
    ...call('list_files', {}, result('9 entries')),
    ...call('list_files', { path: 'src', glob: '**/*.ts' }, result('no files')),
    ...call('read_file', { path: 'a.py' }, result('2 lines')),
    ...call('read_file', { start: 3, path: 'b.py' }, result('2 lines', { range: '3–4' })),
    ...call('search', { pattern: 'def f', path: 'src' }, result('3 matches')),
    ...call('search', { pattern: 'nowhere', path: '.' }, result('no matches')),
    ...call('run_shell', { command: 'npm test' }, { ...result('exit 0'), elapsedMs: 2_345 }),
    ...call('write_file', { path: 'a.py', content: 'a\nb\nc\n' }, result('3 lines')),
    ...call('patch_file', { path: 'a.py', old_text: 'a', new_text: 'b' }),
    ...call('delegate', { task: 'look around' }),
    ...call('juggle', { balls: 3 }, error('error: there is no tool juggle')),
    ...call('write_file', { path: 'b.py' }, error('error: write_file was not approved: no')),
    { type: 'busy', waitMs: 500 } as const,
    { type: 'malformed', problem: 'the reply was empty' } as const,
    { type: 'heard', text: 'use tabs\n\u001b[2J' } as const,
    { type: 'compacted', saved: 300 } as const,
    { type: 'final', reason: 'step_limit', text: 'Stopped at the step limit.' } as const,
  ];

  it('have one line each when they are done, and one more where they failed', async () => {
    const { progress, answers } = await show(events);
    expect(progress).toMatchInlineSnapshot(`
      "• listed . · 9 entries
      • listed src/**/*.ts · no files
      • read a.py · 2 lines
      • read b.py 3–4 · 2 lines
      • searched "def f" in src · 3 matches
      • searched "nowhere" · no matches
      • ran npm test · exit 0 · 2.3 s
      • wrote a.py · 3 lines
      • patched a.py
      • delegated "look around"
      ✗ juggle 3
        error: there is no tool juggle
      ✗ write b.py
        error: write_file was not approved: no
      ! the server is busy; retrying in 0.5 s
      ! the reply was empty; retrying
      • heard: use tabs\\n\\x1b[2J
      • compacted: older entries shortened by 300 characters to fit the window
      Stopped at the step limit.
      "
    `);
    expect(answers).toBe('');
    expect(await show(events, { progress: undefined })).toEqual({ answers: '', progress: '' });
  });

  it.each([20, 40, 80, 200])('fill no more than a row each at %i columns', async (columns) => {
    const progress = Object.assign(new Sink(), { columns });
    const long = 'long/'.repeat(100);
    const wide = [
      ...call('read_file', { path: `${long}漢字` }, result('1 line')),
      ...call(
        'run_shell',
        { command: `echo ${long}` },
        { ...result('exit 1', { output: [long, `\t${long}`] }), elapsedMs: 4_200 },
      ),
    ];
    await show([...events, ...wide], { progress });
    const rows = progress.text.split('\n');
    expect(Math.max(...rows.map((row) => stringWidth(row)))).toBeLessThanOrEqual(columns);
    const isWhole =
      columns === 20 || rows.some((row) => /^• ran echo .*… · exit 1 · 4\.2 s$/.test(row));
    expect(isWhole).toBe(true);
  });

  it('show what they printed below their lines', async () => {
    const printed = { output: ['… 5 more lines', '\tline 6', 'line 7\u001b[2J'] };
    const run = call('run_shell', { command: 'seq' }, result('exit 0', printed));
    expect((await show(run)).progress).toBe(
      '• ran seq · exit 0\n  … 5 more lines\n    line 6\n  line 7\\x1b[2J\n',
    );
  });

  it('are told of with the arguments that ran, not those that were asked for', async () => {
    const [asked, ran] = [{ command: 'echo one' }, { command: 'echo two' }];
    const edited = [toolStart('run_shell', asked), toolEnd('run_shell', ran, result('exit 0'))];
    expect((await show(edited)).progress).toBe('• ran echo two · exit 0\n');
  });

  it('of a delegate are indented below its task', async () => {
    const { screen, progress } = sinkScreen();
    await screen.show(toolStart('delegate', { task: 'look' }));
    for (const event of call('read_file', { path: 'a' }, result('1 line')))
      await screen.show(event, 1);
    for (const event of call('read_file', { path: 'b' }, error('error: no'))) {
      await screen.show(event, 1);
    }
    await screen.show(toolEnd('delegate', { task: 'look' }, error('error: delegate failed')));
    expect(progress.text).toMatchInlineSnapshot(`
      "• delegated "look"
        • read a · 1 line
        ✗ read b
          error: no
        error: delegate failed
      "
    `);
  });

  it('are red where they failed, and where a command did', async () => {
    const options = { chalk: new Chalk({ level: 1 }) };
    const { progress } = await show(
      [
        ...call('read_file', { path: 'a' }, error('error: no')),
        ...call('run_shell', { command: 'false' }, result('exit 1', { failed: true })),
        ...call('run_shell', { command: 'true' }, result('exit 0')),
      ],
      options,
    );
    const red = progress.split('\n').map((row) => row.startsWith('\u001b[31m'));
    expect(red).toEqual([true, true, true, false, false]);
    expect((await show([...call('x', {}, error('error: no'))])).progress).not.toContain('\u001b');
  });

  it('have a line of limited length, whatever their arguments are', async () => {
    const args = { command: `a\n${'x'.repeat(1e6)}`, b: [1] };
    const { progress } = await show(call('run_shell', args, result('exit 0')));
    expect(progress.trimEnd()).not.toContain('\n');
    expect(progress.length).toBeLessThan(250);
    const odd = JSON.parse('{"path":{"toString":1,"valueOf":1}}') as Record<string, unknown>;
    expect((await show(call('read_file', odd))).progress).toMatch(/^• read \{"to/);
  });
});

const plain = (text: string) => stripVTControlCharacters(text).replaceAll('\r', '');

/** Clears the rest of the row. */
const TO_END = '\u001b[K';

describe('while nothing else is shown', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** A terminal that says what is going on. */
  function watched(columns = 80, options: Partial<ScreenOptions> = {}) {
    const terminal = Object.assign(new Sink(), { columns });
    const both = { answers: terminal, progress: terminal, showsStatus: true };
    const { screen } = sinkScreen({ ...both, ...options });
    /** What is written while so much time passes, in milliseconds. */
    const after = (ms: number) => {
      terminal.text = '';
      vi.advanceTimersByTime(ms);
      return terminal.text;
    };
    return { screen, terminal, after };
  }
  const last = (rows: string) => stripVTControlCharacters(rows).split('\r').findLast(Boolean);

  it('one row says what is going on and for how long', async () => {
    const { screen, after } = watched();
    await screen.show(start);
    expect(last(after(12_000))).toMatch(/^\S reading the prompt · 12 s · ~1\.3k tokens$/);
    for (let piece = 0; piece < 120; piece++) await screen.show(delta(''));
    expect(last(after(3_000))).toMatch(/^\S writing · 3 s · ~120 tokens$/);
    await screen.show(toolStart('run_shell', { command: 'npm test' }));
    expect(last(after(4_000))).toMatch(/^\S running npm test · 4 s$/);
  });

  it.each([30, 20, 5, 1])('it fits one row of %i columns', async (columns) => {
    const { screen, after } = watched(columns);
    await screen.show(start);
    const rows = after(2_000).split('\r').slice(1);
    expect(rows.length).toBeGreaterThan(10);
    for (const row of rows) {
      expect(stringWidth(row.replace(TO_END, ''))).toBeLessThan(Math.max(columns, 1));
    }
  });

  it('it is removed by what comes next, and by a failure', async () => {
    const { screen, terminal, after } = watched();
    await screen.show(start);
    after(1_000);
    await screen.show(delta('Hi'));
    expect(terminal.text.endsWith(`\r${TO_END}Hi`)).toBe(true);
    expect(after(5_000)).toBe(''); // the row is taken
    await screen.show(final('Hi'));
    expect(after(5_000)).toBe('');
    await screen.show(start);
    after(1_000);
    screen.clear();
    screen.clear();
    expect(terminal.text.split(`\r${TO_END}`)).toHaveLength(2);
    expect(after(5_000)).toBe('');
  });

  it('it makes room for a question', async () => {
    const { screen, after } = watched();
    await screen.show(toolStart('run_shell', { command: 'npm test' }));
    after(1_000);
    screen.pause();
    expect(after(60_000)).toBe('');
    screen.resume();
    expect(last(after(1_000))).toMatch(/running npm test · 1 s/);
  });

  it('what is typed stays below an answer that arrives, and away from a question', async () => {
    const typed = { lines: ['sent'], text: 'half\u001b', cursor: 0 };
    const rows = /\S writing · 0 s[^\n]*\nwaiting: sent\n> half\\x1b$/;
    const options = { typed: () => typed, answerChalk: new Chalk({ level: 0 }) };
    const { screen, terminal } = watched(80, options);
    await screen.show(start);
    await screen.show(delta('One line,\n\nand '));
    expect(plain(terminal.text)).toMatch(rows);
    terminal.text = '';
    await screen.show(delta('more\n'));
    vi.advanceTimersByTime(50); // no tick: it is drawn again with what it made room for
    expect(plain(terminal.text)).toMatch(rows);
    screen.pause();
    terminal.text = '';
    screen.status?.showTyped();
    expect(terminal.text).toBe('');
  });

  it('a broken answer is ended when the request fails', async () => {
    const { screen, answers } = sinkScreen();
    await screen.show(start);
    await screen.show(delta('The bug is'));
    screen.clear();
    expect(answers.text).toBe('The bug is\n');
  });
});

describe('a check', () => {
  const label = { verbs: ['checking', 'checked', 'check'] as const, subject: 'npm test' };
  const checked = (ended: Partial<AgentEvent & { type: 'check_end' }>): AgentEvent[] => [
    { type: 'check_start', command: 'npm test', label },
    {
      type: 'check_end',
      command: 'npm test',
      label,
      ok: true,
      passed: true,
      content: '',
      summary: { result: 'exit 0' },
      elapsedMs: 5,
      ...ended,
    },
  ];
  const reply = [start, delta('It works.'), end()];

  it('has its line below the reply, which is not shown again with the answer', async () => {
    const events = [...reply, ...checked({}), final('It works.\n\nCheck passed.')];
    const shown = await show(events);
    expect(shown.answers).toBe('It works.\nCheck passed.\n');
    expect(shown.progress).toBe('• checked npm test · exit 0\n');
    const whole = await show(events, { streams: 'nothing' });
    expect(whole.answers).toBe('It works.\n\nCheck passed.\n');
  });

  it('shows the end of what it printed, and why it could not run', async () => {
    const failed = { result: 'exit 1', failed: true, output: ['1 test failed'] };
    expect((await show(checked({ passed: false, summary: failed }))).progress).toBe(
      '• checked npm test · exit 1\n  1 test failed\n',
    );
    const content = 'error: check was not approved: the user said no';
    const denied = { ok: false, passed: false, content, summary: undefined };
    expect((await show(checked(denied))).progress).toBe(`✗ check npm test\n  ${content}\n`);
  });
});

it('does not show an answer again after a message interrupted it', async () => {
  const { screen, answers } = sinkScreen();
  await screen.show(start);
  await screen.show(delta('The bug is '));
  screen.clear();
  await screen.show(delta('in a.txt.'));
  screen.clear();
  await screen.show(final('The bug is in a.txt.'));
  expect(answers.text).toBe('The bug is \nin a.txt.\n');
});

describe('the cost of a request', () => {
  const counted = end({ prompt_tokens: 300, output_tokens: 100 });
  const search = toolStart('search', { pattern: 'x' });

  it('is shown below its answer, counted from the beginning of the request', async () => {
    const { screen, progress } = sinkScreen({ showsCost: true });
    screen.begin();
    for (const event of [
      start,
      counted,
      search,
      toolEnd('search', { pattern: 'x' }),
      start,
      counted,
      final('z'),
    ]) {
      await screen.show(event);
    }
    expect(progress.text).toMatch(/\n1 step · 200 tokens · 40% of the window · \d+\.\d s\n$/);
    screen.begin();
    await screen.show({ type: 'final', reason: 'step_limit', text: 'Ran: `\u001b[2J`.' });
    expect(progress.text).toMatch(/\nRan: `\\x1b\[2J`\.\n0 steps · \d+\.\d s\n$/);
  });

  it('counts a single token as one', async () => {
    const { screen, progress } = sinkScreen({ showsCost: true });
    for (const event of [start, end({ output_tokens: 1 }), final('z')]) await screen.show(event);
    expect(progress.text).toContain('0 steps · 1 token · ');
  });

  it('leaves out the time that a question was open', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { screen, progress } = sinkScreen({ showsCost: true });
    screen.begin();
    vi.advanceTimersByTime(2_000);
    screen.pause();
    vi.advanceTimersByTime(60_000);
    screen.resume();
    vi.advanceTimersByTime(1_000);
    await screen.show(final('z'));
    expect(progress.text).toContain('0 steps · 3.0 s');
  });

  it('includes the tokens of a delegate, but not its steps', async () => {
    const { screen, progress } = sinkScreen({ showsCost: true });
    for (const event of [start, counted, search, search, final('of the delegate')]) {
      await screen.show(event, 1);
    }
    await screen.show(final('z'));
    expect(progress.text.match(/\d+ steps.*tokens/g)).toEqual(['0 steps · 100 tokens']);
  });

  it('is shown only if wanted', async () => {
    expect((await show([start, counted, final('z')])).progress).toBe('');
  });
});

const UNSAFE = /(?![\n\t])\p{Cc}|\p{Bidi_Control}|[\u200b\u2060\ufeff]|\p{Surrogate}/u;
const evil = fc.string({
  unit: fc.constantFrom('\u001b[2J', '\u009b', '\r', '\u202e', '\u200b', '\ud800', '\0', 'a', '\n'),
});

it('escapes the text of every event', async () => {
  const value = fc.oneof(evil, fc.array(evil), fc.integer(), fc.constant(null));
  const event: fc.Arbitrary<AgentEvent> = fc.oneof(
    evil.map(delta),
    evil.map(final),
    fc.tuple(evil, fc.dictionary(evil, value)).map((at) => toolStart(...at)),
    fc
      .tuple(evil, fc.dictionary(evil, value), fc.boolean(), evil, fc.array(evil))
      .map(([name, args, ok, text, output]) =>
        toolEnd(name, args, { ok, content: text, ...result(text, { range: text, output }) }),
      ),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(event), fc.boolean(), async (events, isRendered) => {
      const answerChalk = isRendered ? new Chalk({ level: 0 }) : undefined;
      const { answers, progress } = await show(events, { answerChalk });
      expect(answers).not.toMatch(UNSAFE);
      expect(progress).not.toMatch(UNSAFE);
    }),
    { numRuns: often(100, 500) },
  );
});

describe('a thought', () => {
  const thought = (text: string): AgentEvent => ({ type: 'thought', text });
  const request = [start, thought('So it is \u001b[2J'), thought('done.'), delta('It is.'), end()];

  it('leaves one line before the answer, with the way to open it where there is one', async () => {
    const shown = await show([...request, final('It is.')]);
    expect(shown.progress).toMatch(/^• thought for \S+ s · ~2 tokens\n$/);
    const { progress } = await show(request, { thoughtHint: 'Ctrl-O shows it' });
    expect(progress).toMatch(/· Ctrl-O shows it\n$/);
  });

  it('leaves its line where no reply follows, and none for a delegate', async () => {
    expect((await show([start, thought('Hm.'), end()])).progress).toMatch(/^• thought for/);
    expect((await show([start, thought('Hm.'), end()], {}, 1)).progress).toBe('');
  });

  it('is opened whole and escaped, below the answer where there is a part of one', async () => {
    const { screen, answers, progress } = sinkScreen();
    screen.openThought();
    expect(progress.text).toBe('  (no thought so far)\n');
    progress.text = '';
    for (const event of request) await screen.show(event);
    progress.text = '';
    screen.openThought();
    expect(progress.text).toBe('');
    await screen.show(final('It is. Really.'));
    expect(answers.text).toBe('It is. Really.\n');
    expect(progress.text).toBe('  ~ So it is \\x1b[2Jdone.\n');
  });

  it('that is new replaces the one before', async () => {
    const { screen, progress } = sinkScreen();
    for (const event of [...request, start, thought('Again.')]) await screen.show(event);
    progress.text = '';
    screen.openThought();
    expect(progress.text).toBe('  ~ Again.\n');
  });

  it('that a question is open below looks like no part of it, in any row', async () => {
    const { screen, progress } = sinkScreen();
    progress.columns = 20;
    await screen.show(thought(`command:\n| ls ${'-a '.repeat(20)}\ntimeout: 20`));
    screen.pause();
    screen.openThought();
    const rows = progress.text.trimEnd().split('\n');
    expect(rows.length).toBeGreaterThan(5);
    expect(rows.filter((row) => !row.startsWith('  ~ '))).toEqual([]);
    expect(Math.max(...rows.map((row) => row.length))).toBeLessThanOrEqual(20);
  });

  it('that an interrupt has ended leaves its line, and is no part of the next one', async () => {
    const { screen, progress } = sinkScreen();
    for (const event of [start, thought('First.')]) await screen.show(event);
    await screen.show({ type: 'final', reason: 'interrupted', text: 'Interrupted.' });
    expect(progress.text).toMatch(/^• thought for \S+ s · ~1 tokens\nInterrupted\.\n$/);
    for (const event of [start, thought('Second.'), end()]) await screen.show(event);
    expect(progress.text.split('\n')[2]).toMatch(/^• thought for \S+ s · ~1 tokens$/);
    progress.text = '';
    await screen.show(thought('Of a delegate.'), 1);
    await screen.show(toolEnd('delegate', {}, { ok: false }));
    await screen.show({ type: 'final', reason: 'interrupted', text: 'Interrupted.' });
    expect(progress.text).not.toContain('thought for');
  });

  it('that a failure of the server has ended is no part of the next one', async () => {
    const { screen, progress } = sinkScreen();
    for (const event of [start, thought('First.'), start, thought('Second.')]) {
      await screen.show(event);
    }
    screen.openThought();
    expect(progress.text).toBe('  ~ Second.\n');
  });

  it('is counted in the cost, and so is one that was ended', async () => {
    const ended = end({ thought_tokens: 20 });
    const usage = end({ output_tokens: 50, thought_tokens: 30 });
    const { progress } = await show([ended, usage, final('Yes.')], { showsCost: true });
    expect(progress).toContain('0 steps · 70 tokens (50 of thought) · ');
  });

  it('shows its end in the row, which is never too wide', () => {
    const live = new LiveThought();
    live.push(`${'well '.repeat(40)}\n\nand 日本 so\u202e on`);
    for (const columns of [10, 40, 80]) {
      expect(stringWidth(live.row(3, columns))).toBeLessThanOrEqual(Math.max(columns, 18));
    }
    expect(live.row(3, 40)).toMatch(/^thinking · 3 s · ….*日本 so\\u202e on$/);
  });
});

it('shows what the person should know of the model', async () => {
  const notice: AgentEvent = { type: 'notice', text: 'a\u001b[2J cannot think' };
  expect((await show([notice])).progress).toBe('! a\\x1b[2J cannot think\n');
});
