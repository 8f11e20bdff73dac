import fs from 'node:fs';
import path from 'node:path';
import * as fc from 'fast-check';
import * as z from 'zod';
import { expect, it } from 'vitest';
import { Approvals, type ApprovalPolicy } from '../../src/tools/approval.ts';
import { Gate } from '../../src/tools/gate.ts';
import { allTools } from '../../src/tools/index.ts';
import { requiredText, wholeNumber } from '../../src/tools/arguments.ts';
import { defineTool } from '../../src/tools/tool.ts';
import { never, temporaryFolder, toolContext } from '../support/workspace.ts';
import { ToolError } from '../../src/tools/tool-error.ts';
import { often } from '../support/stress.ts';

/** Two tools that record what they are run with, and fail when told to. */
function writingTools(ran: unknown[]) {
  const tool = (name: string, risky: boolean) =>
    defineTool({
      name,
      description: '',
      risky,
      args: z.object({ text: requiredText(), count: wholeNumber(1, 9).default(1) }),
      example: '',
      check({ text }) {
        if (text.startsWith('n')) throw new ToolError('no');
      },
      run(args) {
        ran.push(args);
        if (args.text.startsWith('f')) throw new ToolError('it failed');
        return Promise.resolve(args.text);
      },
    });
  return [tool('risky', true), tool('safe', false)];
}

const names = fc.oneof(
  fc.constantFrom('risky', 'safe', 'Risky', 'constructor', '__proto__', 'toString', ''),
  fc.string({ unit: 'binary' }),
);
const values = fc.oneof(fc.jsonValue(), fc.string({ unit: 'binary' }), fc.constantFrom(1, '2', 99));
const anyArgs = fc.oneof(
  fc.dictionary(fc.constantFrom('text', 'count', 'more', '__proto__', 'constructor'), values),
  fc.record({ text: fc.constantFrom('a', 'b', 'no', 'fails', ' '), count: values }),
  fc.constant(JSON.parse('{"__proto__":{"text":"a"},"text":"b"}') as Record<string, unknown>),
);
const policies = fc.constantFrom<ApprovalPolicy>('ask', 'auto', 'never');

it('any call with any arguments has a result, and what runs is what was approved', async () => {
  const calls = fc.array(fc.tuple(names, anyArgs, fc.boolean()), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(policies, calls, async (policy, given) => {
      const ran: unknown[] = [];
      let isAllowed = false;
      let approved: unknown;
      const gate = new Gate({
        tools: writingTools(ran),
        context: toolContext('/'),
        approvals: new Approvals(policy),
        ask({ args }) {
          approved = structuredClone(args);
          expect(Reflect.set(args, 'text', 'something else')).toBe(false);
          return Promise.resolve(isAllowed ? { allowed: true } : { allowed: false, reason: 'no' });
        },
        beforeRisky: () => Promise.resolve(),
      });
      for (const [name, args, allowed] of given) {
        isAllowed = allowed;
        approved = undefined;
        ran.length = 0;
        const asGiven = structuredClone(args);
        const result = await gate.run({ name, args }, never);
        expect(result.content).toBeTypeOf('string');
        expect(result.content.startsWith('error: ')).toBe(!result.ok);
        expect(args).toEqual(asGiven);
        expect(ran.length).toBeLessThanOrEqual(1);
        if (result.ok) expect(ran).toEqual([result.args]);
        if (name !== 'risky') continue;
        if (policy === 'never' || (policy === 'ask' && !allowed)) expect(ran).toEqual([]);
        if (policy === 'ask' && ran.length > 0) expect(ran).toEqual([approved]);
        if (policy !== 'ask') expect(approved).toBeUndefined();
      }
    }),
    { numRuns: often(100, 300) },
  );
});

const PARTS = '. .. sub in up out a.txt link.txt secret.txt dangling loop new ../outside .git /';
const paths = fc.oneof(
  fc.array(fc.constantFrom(...PARTS.split(' ')), { maxLength: 5 }).map((parts) => parts.join('/')),
  fc.string({ unit: 'binary', maxLength: 20 }),
);

it('no call of a file tool changes or reads anything outside the workspace', async () => {
  const top = temporaryFolder({
    'repo/a.txt': 'inside',
    'repo/sub/b.txt': 'inside',
    'repo/.git/config': 'config',
    'outside/secret.txt': 'canary',
  });
  const root = path.join(top, 'repo');
  const links = [
    ['link.txt', 'a.txt'],
    ['in', 'sub'],
    ['sub/up', '..'],
    ['out', '../outside'],
    ['secret.txt', '../outside/secret.txt'],
    ['dangling', '../outside/new.txt'],
    ['loop', 'loop'],
  ] as const;
  for (const [name, target] of links) fs.symlinkSync(target, path.join(root, name));
  // A command may do anything: that tool is not confined.
  const tools = allTools.filter(({ name }) => name !== 'run_shell');
  const call = fc.record({
    name: fc.constantFrom(...tools.map(({ name }) => name)),
    args: fc.record(
      {
        path: paths,
        content: fc.constantFrom('written', 'inside'),
        old_text: fc.constantFrom('inside', 'written', 'i'),
        new_text: fc.constantFrom('written', 'inside'),
        pattern: fc.constantFrom('canary', 'inside', '.'),
      },
      { requiredKeys: ['path'] },
    ),
  });
  await fc.assert(
    fc.asyncProperty(call, async ({ name, args }) => {
      const options = { tools, context: toolContext(root), approvals: new Approvals('auto') };
      const ask = () => expect.fail('nobody is asked');
      const gate = new Gate({ ...options, ask, beforeRisky: () => Promise.resolve() });
      const { content, ok } = await gate.run({ name, args }, never);
      expect(content).not.toContain('canary\n');
      expect(content).not.toMatch(/\| canary|canary$/);
      if (!ok || !['write_file', 'patch_file'].includes(name)) return;
      const real = fs.realpathSync(path.resolve(root, args.path.trim()));
      expect(`${real}/`.startsWith(`${root}/`), real).toBe(true);
      expect(`${real}/`.startsWith(`${root}/.git/`), real).toBe(false);
    }),
    { numRuns: often(100, 400) },
  );
  expect(fs.readdirSync(top).toSorted()).toEqual(['outside', 'repo']);
  expect(fs.readdirSync(path.join(top, 'outside'))).toEqual(['secret.txt']);
  expect(fs.readFileSync(path.join(top, 'outside/secret.txt'), 'utf8')).toBe('canary');
  expect(fs.readFileSync(path.join(root, '.git/config'), 'utf8')).toBe('config');
});
