import { Writable } from 'node:stream';
import { Chalk } from 'chalk';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AgentEvent } from '../../src/events.ts';
import type { Usage } from '../../src/model/model.ts';
import { Screen, type ScreenOptions } from '../../src/terminal/render.ts';

/** A stream that keeps what is written to it. */
class Sink extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
  }
}

/** A screen that keeps answers and progress apart. */
function sinkScreen(options: Partial<ScreenOptions> = {}) {
  const [answers, progress] = [new Sink(), new Sink()];
  const off = { streams: true, marksWaiting: false, showsCost: false };
  const chalk = new Chalk({ level: 0 });
  return {
    answers,
    progress,
    screen: new Screen({ answers, progress, chalk, ...off, ...options }),
  };
}

/** What these events put on the screen. */
function show(events: readonly AgentEvent[], options: Partial<ScreenOptions> = {}, depth = 0) {
  const { screen, answers, progress } = sinkScreen(options);
  for (const event of events) screen.show(event, depth);
  return { answers: answers.text, progress: progress.text };
}

const start: AgentEvent = { type: 'model_start', promptChars: 100 };
const end = (usage: Partial<Usage> = {}): AgentEvent => ({
  type: 'model_end',
  usage: { prompt_chars: 100, ...usage },
  numCtx: 1_000,
});
const delta = (answer: string): AgentEvent => ({ type: 'model_delta', raw: answer, answer });
const final = (text: string): AgentEvent => ({ type: 'final', reason: 'answer', text });
const toolStart = (name: string, args: Record<string, unknown>): AgentEvent => ({
  type: 'tool_start',
  name,
  args,
});
const toolEnd = (content: string, ok = true, elapsedMs = 5): AgentEvent => ({
  type: 'tool_end',
  name: 'search',
  ok,
  content,
  elapsedMs,
});

describe('an answer', () => {
  const streamed = [
    start,
    delta('The bug '),
    delta('is fixed.'),
    end(),
    final('The bug is fixed.'),
  ];

  it('is shown once, whether it is streamed or not', () => {
    expect(show(streamed).answers).toBe('The bug is fixed.\n');
    expect(show(streamed, { streams: false }).answers).toBe('The bug is fixed.\n');
  });

  it('is completed by what was not streamed', () => {
    expect(show([start, delta('The bug'), end(), final('The bug is fixed.')]).answers).toBe(
      'The bug is fixed.\n',
    );
  });

  it('stands whole on lines of its own when something else was streamed', () => {
    expect(show([start, delta('Let me '), end(), final('Done.')]).answers).toBe('Let me \nDone.\n');
  });

  it('of a delegate is not shown', () => {
    expect(show(streamed, {}, 1).answers).toBe('');
  });

  it('begins on a new line after a reply that was shown in part and turned into a call', () => {
    const events = [start, delta('I look.'), end(), toolStart('search', { pattern: 'x' }), start];
    expect(show([...events, delta('Ok'), final('Ok')]).answers).toBe('I look.\nOk\n');
  });
});

it('shows what the tools do, one line for the call and one for its outcome', () => {
  const events = [
    toolStart('search', { pattern: 'def f', path: '.' }),
    toolEnd('a.py:1:def f\nb.py:2:def f\nc.py:3:def f'),
    toolStart('run_shell', { command: 'npm test', timeout: 60 }),
    toolEnd('exit_code: 0', true, 2_345),
    toolStart('write_file', { path: 'a.py', content: 'a\nb\nc\n' }),
    toolEnd('error: write_file was not approved', false),
    { type: 'malformed', problem: 'the reply was empty' } as const,
    { type: 'compacted', saved: 300 } as const,
    { type: 'final', reason: 'step_limit', text: 'Stopped at the step limit.' } as const,
  ];
  const { progress, answers } = show(events);
  expect(progress).toMatchInlineSnapshot(`
    "• search def f path=.
      a.py:1:def f (+2 lines)
    • run_shell npm test timeout=60
      exit_code: 0 · 2.3 s
    • write_file a.py content=(4 lines)
      error: write_file was not approved
    ! the reply was empty; asking again
    • older entries shortened by 300 characters, to fit the window
    Stopped at the step limit.
    "
  `);
  expect(answers).toBe('');
  expect(show(events, { progress: undefined })).toEqual({ answers: '', progress: '' });
});

describe('while the model is at work', () => {
  const waiting = { marksWaiting: true };

  it('a mark says so, and is wiped by what comes next', () => {
    expect(show([start], waiting).progress).toBe('…');
    expect(show([start, delta('Hi'), end(), final('Hi')], waiting)).toEqual({
      answers: 'Hi\n',
      progress: '…\r\u001b[K',
    });
    const call = show([start, end(), toolStart('search', { pattern: 'x' })], waiting);
    expect(call.progress).toBe('…\r\u001b[K• search x\n');
  });

  it('the mark and a broken answer are cleared when the request fails', () => {
    const { screen, progress } = sinkScreen(waiting);
    screen.show(start);
    screen.clear();
    screen.clear();
    expect(progress.text).toBe('…\r\u001b[K');

    const broken = sinkScreen();
    broken.screen.show(start);
    broken.screen.show(delta('The bug is'));
    broken.screen.clear();
    expect(broken.answers.text).toBe('The bug is\n');
  });
});

describe('what a request cost', () => {
  const counted = end({ prompt_tokens: 300, output_tokens: 100 });
  const call = toolStart('search', { pattern: 'x' });

  it('is told below its answer, from the beginning of the request on', () => {
    const { screen, progress } = sinkScreen({ showsCost: true });
    screen.begin();
    for (const event of [start, counted, call, toolEnd('y'), start, counted, final('z')]) {
      screen.show(event);
    }
    expect(progress.text).toMatch(/\n1 step · 200 tokens · 40% of the window · \d+\.\d s\n$/);
    screen.begin();
    screen.show({ type: 'final', reason: 'step_limit', text: 'Stopped.' });
    expect(progress.text).toMatch(/\nStopped\.\n0 steps · \d+\.\d s\n$/);
  });

  it('holds the tokens of a delegate, but not its steps', () => {
    const { screen, progress } = sinkScreen({ showsCost: true });
    for (const event of [start, counted, call, call, final('of the delegate')]) {
      screen.show(event, 1);
    }
    screen.show(final('z'));
    expect(progress.text.match(/\d+ steps.*tokens/g)).toEqual(['0 steps · 100 tokens']);
  });

  it('is not told unless it is wanted', () => {
    expect(show([start, counted, final('z')]).progress).toBe('');
  });
});

it('sets in what a delegate does', () => {
  const { progress } = show([toolStart('search', { pattern: 'x' }), toolEnd('y')], {}, 1);
  expect(progress).toMatch(/^ {2}• search x\n {4}y\n$/);
});

it('colours only where colours are wanted', () => {
  const events = [toolStart('search', { pattern: 'x' }), toolEnd('error: no', false)];
  expect(show(events, { chalk: new Chalk({ level: 1 }) }).progress).toContain('\u001b[31m');
  expect(show(events).progress).not.toContain('\u001b');
});

it('keeps a call in one line of bearable length, whatever its arguments are', () => {
  const { progress } = show([toolStart('run_shell', { command: `a\n${'x'.repeat(1e6)}`, b: [1] })]);
  expect(progress.trimEnd()).not.toContain('\n');
  expect(progress.length).toBeLessThan(250);
});

const UNSAFE = /(?![\n\t])\p{Cc}|\p{Bidi_Control}|[\u200b\u2060\ufeff]|\p{Surrogate}/u;
const evil = fc.string({
  unit: fc.constantFrom('\u001b[2J', '\u009b', '\r', '\u202e', '\u200b', '\ud800', '\0', 'a', '\n'),
});

it('puts nothing on the screen that steers the terminal, from whatever event', () => {
  const value = fc.oneof(evil, fc.array(evil), fc.integer(), fc.constant(null));
  const event: fc.Arbitrary<AgentEvent> = fc.oneof(
    evil.map(delta),
    evil.map(final),
    fc.tuple(evil, fc.dictionary(evil, value)).map((at) => toolStart(...at)),
    fc.tuple(evil, fc.boolean()).map(([content, ok]) => toolEnd(content, ok)),
  );
  fc.assert(
    fc.property(fc.array(event), (events) => {
      const { answers, progress } = show(events);
      expect(answers).not.toMatch(UNSAFE);
      expect(progress).not.toMatch(UNSAFE);
    }),
    { numRuns: 500 },
  );
});

it('shows a call whose argument is an object that no text can be made of', () => {
  const args = JSON.parse('{"path":{"toString":1,"valueOf":1}}') as Record<string, unknown>;
  expect(show([toolStart('read_file', args)]).progress).toMatch(/• read_file/);
});
