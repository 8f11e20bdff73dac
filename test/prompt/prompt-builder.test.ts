import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Prompter } from '../../src/prompt/prompt-builder.ts';
import type { NewRecord } from '../../src/records.ts';
import { renderMemory } from '../../src/session/memory.ts';
import type { Session } from '../../src/session/session.ts';
import { readOnlyTools } from '../../src/tools/index.ts';
import type { Snapshot } from '../../src/workspace/snapshot.ts';
import { answer, anyRecord, memorySession, model, notice, read, user } from '../support/session.ts';

const TAIL = 'Current user request:\ngo on';
const GIT = { branch: 'main', defaultBranch: 'main', status: 'clean', recentCommits: [] };
const SNAPSHOT: Snapshot = { cwd: '/home/me', root: '/home/me', ...GIT, docs: [] };

function prompterOf(session: Session) {
  const prompter = new Prompter({ session, tools: readOnlyTools, readOnly: false });
  /** Brings the transcript down to so many characters; returns those saved. */
  const compact = (target: number): number => {
    const plan = prompter.plan(target);
    return plan ? prompter.compact(plan) : 0;
  };
  return { prompter, compact, build: (snapshot = SNAPSHOT) => prompter.build(TAIL, snapshot) };
}

function begin(...records: NewRecord[]) {
  const { session, resume } = memorySession();
  for (const record of records) session.record(record);
  return { session, resume, ...prompterOf(session) };
}

/** A conversation: a result for each letter. */
const RESULTS = [...'abcdefghij'].map((name) => read(name, name.repeat(1_000)));
const withoutTail = (prompt: string) => prompt.slice(0, prompt.lastIndexOf(`\n\n${TAIL}`));

describe('within an epoch', () => {
  it('each prompt without its tail is the beginning of the next one', () => {
    const { session, build } = begin(user('read all'));
    let before = withoutTail(build().text);
    const more: NewRecord[] = [
      model('<tool>'),
      notice,
      answer('done'),
      { type: 'workspace', content: 'changed: branch' },
      user('again'),
    ];
    for (const record of [...RESULTS, ...more, ...RESULTS]) {
      session.record(record);
      const { text } = build({ ...SNAPSHOT, branch: record.type });
      expect(text.startsWith(before)).toBe(true);
      expect(text.endsWith(`\n\n${TAIL}`)).toBe(true);
      before = withoutTail(text);
    }
    expect(before).toContain('[tool:read_file] {"path":"j"}\njjj');
  });

  it('memory and workspace stand as they were when it began', () => {
    const { session, prompter, build } = begin(user('first task'));
    build();
    session.record(read('late.txt'));
    const other = { ...SNAPSHOT, branch: 'other' };
    expect(build(other).text).toMatch(/- branch: main[^]*- files: -\n/);

    prompter.beginEpoch();
    expect(prompter.hasBegun).toBe(false);
    expect(build(other).text).toMatch(/- branch: other[^]*- files: late.txt\n/);
    expect(prompter.hasBegun).toBe(true);
  });

  it('the opening is what every prompt begins with, whatever was said before', () => {
    fc.assert(
      fc.property(fc.array(anyRecord, { maxLength: 5 }), (records) => {
        const { session, prompter, build } = begin(...records);
        const opening = prompter.buildOpening(SNAPSHOT);
        expect(opening).toContain('\n\nTranscript:\n');
        session.record(user('go'));
        // All but white space at its very end.
        expect(build().text.startsWith(opening.trimEnd())).toBe(true);
        if (records.length === 0) expect(build().text.startsWith(opening)).toBe(true);
      }),
    );
  });
});

describe('a compaction', () => {
  it('leaves the oldest out in bulk, says how many, and begins an epoch', () => {
    const { session, prompter, compact, build } = begin(user('read all'));
    build();
    for (const result of RESULTS) session.record(result);
    const before = build();
    const saved = compact(2_500);
    expect(prompter.hasBegun).toBe(false);
    const { sections } = build();
    expect(saved).toBe(before.sections.transcript.length - sections.transcript.length);
    expect(sections.memory).toBe(renderMemory(session.state.memory));
    expect(sections.memory).not.toBe(before.sections.memory);
    expect(session.state.dropped).toBeGreaterThan(0);
    expect(sections.transcript).toContain(
      `Transcript:\n[notice] ${session.state.dropped} earlier entries were left out here.\n[user] read all\n`,
    );
    expect(sections.transcript).toContain(`\n${'j'.repeat(1_000)}`);
    expect(sections.transcript.length).toBeLessThan(2_500 + 80);
  });

  it('keeps the newest entry and the request whole, however often there were others', () => {
    const long = `Change these: ${Array.from({ length: 300 }, (_, at) => `item ${at}`).join(', ')}.`;
    const { session, compact, build } = begin(user(long));
    for (const result of [...RESULTS, ...RESULTS]) {
      session.record(result);
      compact(1_500);
      expect(build().sections.transcript).toContain(`\n[user] ${long}\n`);
      expect(build().sections.transcript).toMatch(/\n([a-j])\1{999}$/);
    }
  });

  it('has nothing to do where there is only what has to stay, and records nothing', () => {
    const { session, prompter, compact, build } = begin(user('go'));
    const { text } = build();
    expect(compact(0)).toBe(0);
    expect(prompter.hasBegun).toBe(true);
    expect(session.state).toMatchObject({ dropped: 0, entries: [{ shortened: false }] });
    expect(build().text).toBe(text);
  });

  it('is shown before it is made, to the byte', () => {
    const { session, prompter, build } = begin(user('read all'), ...RESULTS);
    const before = build();
    const plan = prompter.plan(2_500) ?? expect.fail('there is a lot to leave out');
    const preview = prompter.preview(plan, TAIL, SNAPSHOT);
    expect(session.state.dropped).toBe(0);
    expect(build()).toEqual(before);
    prompter.compact(plan);
    expect(build()).toEqual(preview);
  });

  it('by hand, again and again, comes to an end', () => {
    const { prompter, compact } = begin(user('read all'), ...RESULTS);
    const halve = () => compact(prompter.transcriptChars / 2);
    while (halve() > 0);
    expect(prompter.transcriptChars).toBeLessThan(1_300);
  });
});

it('a session resumed after compactions and resets shows the model the same transcript', () => {
  const step = fc.oneof(
    { weight: 12, arbitrary: anyRecord },
    { weight: 2, arbitrary: fc.nat(12_000) },
    { weight: 1, arbitrary: fc.constant('reset' as const) },
  );
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
      const { session, resume, prompter, compact, build } = begin();
      for (const each of steps) {
        if (each === 'reset') session.reset();
        else if (typeof each === 'number') compact(each);
        else session.record(each);
        build();
      }
      prompter.beginEpoch(); // as a resume does
      expect(prompterOf(resume()).build().text).toBe(build().text);
    }),
  );
});
