/** Edits by the agent and the person, undo and redo, in any order, checked against a simple model. */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { changesScene, type ChangesScene } from '../support/undo.ts';
import { often } from '../support/stress.ts';

const FILES = ['a.txt', 'b.txt', 'new/c.txt'];
type Text = string | undefined;

/** What happened to a file in one request. */
interface Touched {
  before: Text;
  after: Text;
  lastBefore: Text;
  isBroken: boolean;
}

/** The workspace as it must be, and the requests that can be undone and redone. */
class Model {
  files = new Map<string, Text>([
    ['a.txt', 'x'],
    ['b.txt', 'y'],
  ]);
  done: Map<string, Touched>[] = [];
  undone: Map<string, Touched>[] = [];
  #current = new Map<string, Touched>();

  ask() {
    this.#current = new Map();
  }

  agentWrites(name: string, text: string) {
    const now = this.files.get(name);
    const earlier = this.#current.get(name);
    if (this.#current.size === 0) this.done.push(this.#current);
    this.#current.set(name, {
      before: earlier ? earlier.before : now,
      after: text,
      lastBefore: now,
      isBroken:
        earlier !== undefined &&
        (earlier.isBroken || ![earlier.after, earlier.lastBefore].includes(now)),
    });
    this.files.set(name, text);
    this.undone = [];
  }

  undo() {
    const last = this.done.at(-1);
    const fits = ([name, { before, after, lastBefore, isBroken }]: [string, Touched]) =>
      !isBroken && [before, after, lastBefore].includes(this.files.get(name));
    if (!last || ![...last].every(fits)) return;
    const moved = [...last].filter(([name, { before }]) => this.files.get(name) !== before);
    this.done.pop();
    this.undone.push(
      new Map(
        moved.map(([name, { before }]) => {
          const after = this.files.get(name);
          return [name, { before, after, lastBefore: before, isBroken: false }];
        }),
      ),
    );
    for (const [name, { before }] of moved) this.files.set(name, before);
  }

  redo() {
    const last = this.undone.at(-1);
    const fits = ([name, { before, after }]: [string, Touched]) =>
      [before, after].includes(this.files.get(name));
    if (!last || ![...last].every(fits)) return;
    this.undone.pop();
    this.done.push(last);
    for (const [name, { after }] of last) this.files.set(name, after);
  }
}

const name = fc.constantFrom(...FILES);
/** Few texts, so that a file often returns to what it held before. */
const text = fc.constantFrom('x', 'y', 'z');
/** Also texts that nobody else writes. */
const ownText = fc.oneof(
  text,
  fc.nat().map((n) => `mine ${n}`),
);
const step = fc.oneof(
  { weight: 2, arbitrary: fc.constant({ type: 'ask' as const }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('agent' as const), name, text }) },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('person' as const), name, text: ownText }),
  },
  { weight: 3, arbitrary: fc.constant({ type: 'undo' as const }) },
  { weight: 2, arbitrary: fc.constant({ type: 'redo' as const }) },
  { weight: 1, arbitrary: fc.constant({ type: 'resume' as const }) },
);

const filesOf = (scene: ChangesScene) => FILES.map((file) => scene.text(file));

it('undo and redo leave the files as the model says and lose nothing, whoever edits what', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      let scene = changesScene({ 'a.txt': 'x', 'b.txt': 'y' });
      const model = new Model();
      scene.ask();
      for (const each of steps) {
        const before = filesOf(scene);
        switch (each.type) {
          case 'ask':
            scene.ask();
            model.ask();
            break;
          case 'agent':
            await scene.write(each.name, each.text);
            model.agentWrites(each.name, each.text);
            break;
          case 'person':
            scene.put(each.name, each.text);
            model.files.set(each.name, each.text);
            break;
          case 'resume':
            scene = scene.resumed();
            break;
          default: {
            const outcome = await scene.changes[each.type]();
            model[each.type]();
            // Undo and redo run at the prompt: the next edits belong to another request.
            scene.ask();
            model.ask();
            if (outcome.type !== 'done') expect(filesOf(scene)).toEqual(before);
            else {
              const after = filesOf(scene);
              const own = before.filter((file) => file?.startsWith('mine'));
              if (each.type === 'undo') expect(after).toEqual(expect.arrayContaining(own));
              // What was replaced can be restored.
              const opposite = each.type === 'undo' ? 'redo' : 'undo';
              expect(await scene.changes[opposite]()).toMatchObject({ type: 'done', problems: [] });
              for (const [index, file] of filesOf(scene).entries()) {
                if (before[index] !== after[index]) expect(file).toBe(before[index]);
              }
              expect(await scene.changes[each.type]()).toMatchObject({
                type: 'done',
                problems: [],
              });
            }
          }
        }
        expect(filesOf(scene)).toEqual(FILES.map((file) => model.files.get(file)));
      }
    }),
    { numRuns: often(12, 60) },
  );
});
