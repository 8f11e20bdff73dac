import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { knownModels, namesIn } from '../../src/cli/completed-names.ts';
import type { ListedModel } from '../../src/model/server.ts';
import { ModelError } from '../../src/model/model-error.ts';
import { temporaryFolder } from '../support/workspace.ts';

const { signal } = new AbortController();
const small: ListedModel[] = [{ name: 'small:1b', bytes: 1 }];

describe('the models that Tab offers', () => {
  it('are those of the server, and at once the second time, when they are asked for again', async () => {
    const answers = [Promise.resolve(small), new Promise<never>(() => {})];
    let asked = 0;
    const models = knownModels(
      { list: () => answers[asked++] ?? Promise.reject(new Error()) },
      signal,
    );
    expect(await models()).toEqual(['small:1b']);
    expect(await models()).toEqual(['small:1b']);
    expect(await models()).toEqual(['small:1b']);
    expect(asked).toBe(2); // one is still being answered
  });

  it('are none as long as the server is silent, and then those that it names', async () => {
    let tell: (models: ListedModel[]) => void = () => {};
    const answer = new Promise<ListedModel[]>((resolve) => (tell = resolve));
    const models = knownModels({ list: () => answer }, signal);
    expect(await models()).toEqual([]);
    tell(small);
    expect(await models()).toEqual(['small:1b']);
  });

  it('are none where the server fails, which is asked again', async () => {
    const answers = [Promise.reject(new ModelError('unreachable', 'No.')), Promise.resolve(small)];
    let asked = 0;
    const list = () => answers[asked++] ?? Promise.resolve([]);
    const models = knownModels({ list }, signal);
    expect(await models()).toEqual([]);
    expect(await models()).toEqual(['small:1b']);
  });
});

describe('the names in a folder', () => {
  it('are those that a command would find, folders and links to them with a slash', async () => {
    const root = temporaryFolder();
    fs.mkdirSync(path.join(root, 'sub/deep'), { recursive: true });
    fs.writeFileSync(path.join(root, '.hidden'), '');
    fs.symlinkSync('sub', path.join(root, 'link'));
    fs.symlinkSync('nowhere', path.join(root, 'lost'));
    expect((await namesIn(root, '')).toSorted()).toEqual(['.hidden', 'link/', 'lost', 'sub/']);
    expect(await namesIn(root, 'link/')).toEqual(['deep/']);
    expect(await namesIn('/', `${root}/sub/`)).toEqual(['deep/']);
  });

  it.each(['missing/', 'file/', '\0/'])('are none in %j', async (folder) => {
    const root = temporaryFolder();
    fs.writeFileSync(path.join(root, 'file'), '');
    expect(await namesIn(root, folder)).toEqual([]);
  });
});
