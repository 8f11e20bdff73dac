/** The tasks of `npm run bench:tasks`: none is broken, and none is solved by doing nothing. */
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { problemsOf } from '../../bench/tasks/check.ts';
import { first, second, tasks } from '../../bench/tasks/index.ts';
import { builtWithout } from '../../bench/tasks/parts.ts';
import { play } from '../../bench/tasks/play.ts';
import { makeRepository } from '../../bench/tasks/repository.ts';
import { KINDS, type Task } from '../../bench/tasks/task.ts';
import { ScriptedModel } from '../../src/model/scripted.ts';
import { isStress } from '../support/stress.ts';
import { never, temporaryFolder } from '../support/workspace.ts';

/** Those of the fast set. */
const QUICK: ReadonlySet<string> = new Set([
  'find-migration',
  'edit-wagon-limit',
  'fix-shell-script',
]);

/** Does a task with these replies. */
async function doTask(task: Task, replies: readonly string[]) {
  const root = repositoryOf(task);
  const built = builtWithout([], new ScriptedModel([...replies]));
  const given = {
    root,
    request: task.request,
    maxSteps: 12,
    think: 'off' as const,
    sandbox: undefined,
    signal: never,
  };
  const played = await play(built, given);
  return { root, ...played };
}

function repositoryOf(task: Pick<Task, 'files'>): string {
  const root = makeRepository(task.files);
  onTestFinished(() => fs.rmSync(root, { recursive: true, force: true }));
  return root;
}

describe('the tasks', () => {
  it('are sixty, ten of each kind, half of them of each half, with names of their own', () => {
    expect(new Set(tasks.map(({ name }) => name)).size).toBe(60);
    for (const kind of KINDS) {
      for (const half of [first, second]) {
        expect(half.filter((task) => task.kind === kind)).toHaveLength(5);
      }
    }
  });

  it.each(isStress ? tasks : tasks.filter(({ name }) => QUICK.has(name)))(
    '$name is solved by its solution, and not without it',
    async (task) => {
      const solved = await doTask(task, task.solution);
      expect(await problemsOf(task, solved)).toEqual([]);
      expect(solved).toMatchObject({ end: 'answer', validCalls: task.solution.length - 1 });
      const idle = { root: repositoryOf(task), answer: `Done: ${task.request}` };
      expect(await problemsOf(task, idle)).not.toEqual([]);
    },
  );
});

describe('the check', () => {
  const task = {
    files: { 'a.txt': 'one\n', 'b.txt': 'two\n' },
    expected: { files: { 'a.txt': 'three\n' } },
  };
  const after = async (
    change: (root: string) => void,
    expected: Task['expected'] = task.expected,
  ) => {
    const root = temporaryFolder(task.files);
    fs.writeFileSync(path.join(root, 'a.txt'), 'three');
    change(root);
    return problemsOf({ ...task, expected }, { root, answer: 'It is three.' });
  };
  const nothing = () => undefined;

  it('wants the files as they should be, apart from whitespace at the ends of lines', async () => {
    expect(await after(nothing)).toEqual([]);
    const wrong = (root: string) => fs.writeFileSync(path.join(root, 'a.txt'), 'Three');
    expect(await after(wrong)).toEqual(['a.txt does not hold what it must']);
    const removed = (root: string) => fs.rmSync(path.join(root, 'a.txt'));
    expect(await after(removed)).toEqual(['a.txt is missing']);
  });

  it('wants every other file as it was, and no new one', async () => {
    expect(await after((root) => fs.appendFileSync(path.join(root, 'b.txt'), ' '))).toEqual([
      'b.txt is not as it was',
    ]);
    expect(await after((root) => fs.rmSync(path.join(root, 'b.txt')))).toEqual([
      'b.txt is not as it was',
    ]);
    const added = (root: string) => {
      fs.mkdirSync(path.join(root, 'new'));
      fs.writeFileSync(path.join(root, 'new/c.txt'), '');
    };
    expect(await after(added)).toEqual(['new/c.txt is not as it was']);
    expect(await after(added, { mayChange: ['a.txt', 'new/c.txt'] })).toEqual([]);
  });

  it('looks for facts in the answer, and for what must not be in it', async () => {
    const { files } = task.expected;
    const expected = {
      files,
      answer: [/\bthree\b/, /\bfour\b/],
      notInAnswer: [/\bone\b/, /\bis\b/],
    };
    expect(await after(nothing, expected)).toEqual([
      'the answer has no \\bfour\\b',
      'the answer has \\bis\\b',
    ]);
  });

  it('runs a command in the repository, after it has looked at the files', async () => {
    const { files } = task.expected;
    const succeeds = 'touch left-over && grep -q three a.txt';
    expect(await after(nothing, { files, succeeds })).toEqual([]);
    expect(await after(nothing, { files, succeeds: 'exit 3' })).toEqual([
      'the check ends with exit 3',
    ]);
  });
});
