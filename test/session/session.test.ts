import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SessionStore } from '../../src/session/store.ts';
import { answer, anyLogged, epoch, memorySession, read, user } from '../support/session.ts';
import { temporaryFolder } from '../support/workspace.ts';

function openStore(): SessionStore {
  const workspaceRoot = temporaryFolder();
  return new SessionStore({ workspaceRoot, warn: (message) => expect.fail(message) });
}

describe('a reset', () => {
  it('clears transcript and memory, and nothing of the log', () => {
    const store = openStore();
    const session = store.create('a-model');
    for (const record of [user('a'), read('a'), answer('b')]) session.record(record);
    session.reset();
    expect(session.state).toMatchObject({ entries: [], dropped: 0 });
    expect(session.state.memory).toEqual({ task: '', files: [], notes: [] });
    session.close();
    expect(store.latest()).toBe(session.id);
  });
});

it('a session has the model that it began with, and then the one that it was last with', () => {
  const store = openStore();
  const session = store.create('a-model');
  const resumedModel = () => {
    const resumed = store.resume(session.id);
    resumed.close();
    return resumed.state.model;
  };
  session.record(user('a'));
  session.close();
  expect(resumedModel()).toBe('a-model');
  const again = store.resume(session.id);
  again.record(epoch({ model: 'b-model' }));
  again.reset();
  again.close();
  expect(resumedModel()).toBe('b-model');
});

it('a resumed session is what it was, whatever was recorded', () => {
  fc.assert(
    fc.property(fc.array(anyLogged, { minLength: 1, maxLength: 30 }), (records) => {
      const { session, resume } = memorySession();
      expect(session.resumed).toBe(false);
      for (const record of records) session.record(record);
      const resumed = resume();
      expect(resumed.resumed).toBe(true);
      expect(resumed.state).toEqual(session.state);
    }),
  );
});

it('a session resumed from its file is unchanged, whatever text it contains', () => {
  const text = fc.string({ unit: 'binary' });
  const args = fc.dictionary(
    text.filter((key) => key !== '__proto__'),
    fc.oneof(text, fc.integer(), fc.boolean(), fc.array(text)),
  );
  const store = openStore();
  fc.assert(
    fc.property(fc.array(fc.tuple(text, args), { minLength: 1, maxLength: 9 }), (calls) => {
      const session = store.create('a-model');
      for (const [content, given] of calls) {
        session.record({ type: 'tool', name: content, args: given, content, ok: true });
      }
      session.close();
      const resumed = store.resume(session.id);
      resumed.close();
      expect(resumed.state).toEqual(session.state);
    }),
    { numRuns: 30 },
  );
});
