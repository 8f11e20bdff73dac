import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resultChars } from '../../src/context/result-room.ts';
import { charsOf } from '../../src/model/model.ts';
import { allTurns } from '../../src/prompt/prompt.ts';
import { renderMemory } from '../../src/session/memory.ts';
import { begin, builderOf, CALL } from '../support/builder.ts';
import { anyRecord, model, notice, read, SNAPSHOT, user } from '../support/session.ts';

/** A conversation: a call and its result for each letter. */
const RESULTS = [...'abcdefghij'].flatMap((name) => [
  model('<tool>'),
  read(name, name.repeat(1_000)),
]);

describe('within an epoch', () => {
  it('system, examples and memory stay as they were at its start', () => {
    const { session, send, builder } = begin(user('first task'));
    const first = send();
    session.record(model('<tool>'));
    session.record(read('late.txt'));
    const other = { ...SNAPSHOT, branch: 'other' };
    const second = send(other);
    expect(second.turns.slice(0, first.turns.length)).toEqual(first.turns);
    expect(builder.knownWorkspace).toEqual(SNAPSHOT);

    session.reset();
    session.record(user('again'));
    expect(send(other).system).toContain('- branch: other\n');
    expect(builder.knownWorkspace).toEqual(other);
  });

  it('what was got ready is what every prompt begins with, whatever was said before', () => {
    fc.assert(
      fc.property(fc.array(anyRecord, { maxLength: 5 }), (records) => {
        const { session, builder, send, written } = begin(...records);
        const before = written().length;
        const ready = builder.prepare(SNAPSHOT, CALL);
        expect(written()).toHaveLength(before); // nothing was asked yet
        expect(ready.at(-1)?.role).toBe('assistant');
        builder.beginPrepared();
        session.record(user('go'));
        const { turns } = send({ ...SNAPSHOT, branch: 'other' });
        expect(turns.slice(0, ready.length)).toEqual(ready);
        expect(turns.at(-1)?.role).toBe('user');
      }),
    );
  });

  it('a prepared epoch is forgotten with its conversation', () => {
    const { session, builder, send, compact } = begin(user('secret'), ...RESULTS);
    compact(2_000);
    builder.prepare(SNAPSHOT, CALL);
    session.reset();
    builder.discardPrepared();
    builder.beginPrepared();
    session.record(user('go'));
    const { memory, turns } = send();
    expect(memory).toBe('');
    expect(JSON.stringify(turns)).not.toContain('secret');
  });
});

describe('a compaction', () => {
  it('leaves the oldest out in bulk, says how many, and begins an epoch with memory', () => {
    const { session, builder, compact, send } = begin(user('read all'));
    expect(send().memory).toBe('');
    for (const result of RESULTS) session.record(result);
    const before = send();
    const saved = compact(2_500);
    expect(session.state.epoch).toBeUndefined();
    const after = send();
    expect(session.state.epoch?.record.why).toBe('compaction');
    expect(saved).toBe(charsOf(before.conversation) - charsOf(after.conversation));
    expect(builder.conversationChars).toBe(charsOf(after.conversation));
    expect(after.memory).toBe(renderMemory(session.state.memory, resultChars(CALL.numCtx)));
    expect(session.state.dropped).toBeGreaterThan(0);
    const [first, call, result] = after.conversation;
    expect(first?.content).toMatch(
      new RegExp(
        `^Memory:\n- task: read all\n[^]*\n\n\\(${session.state.dropped} earlier entries were left out here.\\)\n\n` +
          'Request: read all\n\nEarlier in this session:\n- you called read_file ',
      ),
    );
    expect([call?.content, result?.content]).toEqual([
      '<tool>',
      `Result of read_file:\n${'j'.repeat(1_000)}`,
    ]);
    expect(charsOf(after.conversation)).toBeLessThan(2_500 + after.memory.length + 120);
  });

  it('keeps the newest turn and the request whole, however many came before', () => {
    const long = `Change these: ${Array.from({ length: 300 }, (_, at) => `item ${at}`).join(', ')}.`;
    const { session, compact, send } = begin(user(long));
    for (const record of [...RESULTS, ...RESULTS]) {
      session.record(record);
      if (record.type === 'model') continue;
      compact(1_500);
      const { conversation } = send();
      expect(conversation[0]?.content).toContain(long);
      expect(conversation.at(-1)?.content).toMatch(/\n([a-j])\1{999}$/);
    }
  });

  it('does and records nothing if everything has to stay', () => {
    const { session, compact, send, written } = begin(user('go'));
    const { turns } = send();
    const { length } = written();
    expect(compact(0)).toBe(0);
    expect(written()).toHaveLength(length);
    expect(session.state).toMatchObject({ dropped: 0, entries: [{ shortened: false }] });
    expect(send().turns).toEqual(turns);
  });

  it('is shown before it is made, to the byte, with what it saves', () => {
    const { session, builder, send } = begin(user('read all'), ...RESULTS);
    const before = send();
    const plan = builder.plan(2_500) ?? expect.fail('there is a lot to leave out');
    const preview = builder.preview(plan, SNAPSHOT);
    const saving = builder.saving(plan);
    expect(session.state.dropped).toBe(0);
    expect(send()).toEqual(before);
    expect(builder.compact(plan)).toBe(saving);
    expect(allTurns(preview)).toEqual(send().turns);
  });

  it('has less memory in a smaller window, and the same after a resume', () => {
    const words = [...'abcdefgh'].flatMap((name) => [
      model('<tool>'),
      read(name, `${name} `.repeat(500)),
    ]);
    const { session, send, compact, resume } = begin(user('go'), ...words);
    send(SNAPSHOT, { ...CALL, numCtx: 16_384 });
    compact(1_000);
    const call = { ...CALL, numCtx: 3_072 };
    const { memory, turns } = send(SNAPSHOT, call);
    expect(memory.length).toBeLessThanOrEqual(resultChars(3_072));
    expect(renderMemory(session.state.memory).length).toBeGreaterThan(1_000);
    const resumed = resume();
    expect(builderOf(resumed).send(SNAPSHOT, call).turns).toEqual(turns);
    expect(resumed.state.epoch?.record.why).toBe('compaction');
  });

  it('has room for memory beside the newest result, which is shortened for it', () => {
    const words = 'some words '.repeat(40);
    const many = [...'abcdefgh'].flatMap((name) => [
      model('<tool>'),
      read(`${name}/${'long-name'.repeat(20)}.txt`, `# ${name}\n${words}`),
    ]);
    const { builder, send, session } = begin(user('go'), ...many, ...RESULTS.slice(0, 2), notice);
    session.record(model('<tool>'));
    session.record(read('big', 'x'.repeat(4_000)));
    session.record(notice);
    send(SNAPSHOT, { ...CALL, numCtx: 16_384 });
    const limit = 4_500;
    const plan = builder.plan(limit / 2, limit) ?? expect.fail('it is too long');
    expect(plan.newest_chars).toBeGreaterThanOrEqual(400);
    builder.compact(plan);
    const { conversation, memory } = send(SNAPSHOT, { ...CALL, numCtx: 16_384 });
    expect(memory.length).toBeGreaterThan(2_000);
    expect(conversation.at(-1)?.content).toMatch(/left out/);
    expect(charsOf(conversation)).toBeLessThanOrEqual(limit);
  });

  it('done by hand again and again comes to an end', () => {
    const { builder, compact } = begin(user('read all'), ...RESULTS);
    const halve = () => compact((builder.conversationChars - renderMemory.length) / 2);
    let times = 0;
    while (halve() > 0) times++;
    expect(times).toBeLessThan(20);
    expect(builder.conversationChars).toBeLessThan(3_500);
  });
});
