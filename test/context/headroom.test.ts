import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { stepSize } from '../../src/context/entry-size.ts';
import { weigh } from '../../src/context/guess-tokens.ts';
import { ResultRoom } from '../../src/context/result-room.ts';
import { ContextWindow } from '../../src/context/window.ts';
import type { NewRecord } from '../../src/records.ts';
import { begin, CALL } from '../support/builder.ts';
import { anyRecord, model, read, SNAPSHOT, user } from '../support/session.ts';
import { often } from '../support/stress.ts';

/** Tokens of the rules and of a short description of the workspace. */
const RULES_TOKENS = 900;

/** A call, and a result of any length that its room allows, in some script. */
const anyStep = fc.record({
  unit: fc.constantFrom('const value = 1;\n', '17,4.5,-3\n', '窗口写满了中文\n', 'привет, мир\n'),
  times: fc.integer({ min: 1, max: 1_000 }),
  file: fc.nat(9),
});
const anySession = fc.record({
  // From 2,048 to 131,072 tokens, small ones as often as large ones.
  numCtx: fc.double({ min: 11, max: 17, noNaN: true }).map((log) => Math.floor(2 ** log)),
  before: fc.array(anyRecord, { maxLength: 10 }),
  request: fc.string({ minLength: 1, maxLength: 300 }),
  steps: fc.array(anyStep, { minLength: 5, maxLength: 40 }),
});

it('a compaction leaves room for five more steps like the last ones, in a tiny window for what there is', () => {
  fc.assert(
    fc.property(anySession, ({ numCtx, before, request, steps }) => {
      const results = new ResultRoom(numCtx, 1);
      const records = steps.flatMap(({ unit, times, file }): NewRecord[] => [
        model(`<tool>{"name":"read_file","args":{"path":"file-${file}.ext","start":${times}}}`),
        read(`file-${file}.ext`, results.clip(`# ${file}\n${unit.repeat(times)}`)),
      ]);
      const { session, builder, send } = begin(...before, user(request), ...records);
      send(SNAPSHOT, { ...CALL, numCtx });
      const tokens = new ContextWindow(numCtx).room(Math.min(512, numCtx / 8)) - RULES_TOKENS;
      const step = stepSize(session.state.entries);
      const plan = builder.planFor(3 * tokens);
      if (!plan) return;
      builder.compact(plan);
      const { conversation } = send(SNAPSHOT, { ...CALL, numCtx });
      const left = conversation.reduce((rest, { content }) => rest - weigh(content), 3 * tokens);
      // The request and the newest step stay.
      const isLeast = numCtx < 4_096 && session.state.entries.length <= 3;
      expect(left >= 5 * step || isLeast).toBe(true);
    }),
    { numRuns: often(40, 1_000) },
  );
});
