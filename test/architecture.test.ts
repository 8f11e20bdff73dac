import { describe, expect, it } from 'vitest';
import { readSources, type Import, type Source } from './support/sources.ts';

const sources = readSources();

/**
 * The rooms from the ground up, and the values that the files of each may import besides its own. A
 * name is the start of a path: `x/` is a folder, `records` the file and the folder of this name. A
 * component knows neither the agent nor the product around it.
 */
const COMPONENTS: Record<string, string[]> = {
  'util/': [],
  records: ['util/'],
  'reply/': [],
  'model/': ['util/breather.ts', 'util/nearest.ts', 'util/or-after.ts'],
  'context/': ['model/model.ts', 'records'],
  'workspace/': ['context/clip.ts', 'util/'],
  'session/': ['records', 'context/', 'workspace/paths.ts', 'util/'],
  'tools/': [
    'workspace/near-paths.ts',
    'workspace/paths.ts',
    'workspace/repository.ts',
    'workspace/spelling.ts',
    'context/clip.ts',
    'reply/names.ts',
    'util/',
  ],
  'undo/': ['workspace/paths.ts', 'context/clip.ts', 'util/'],
  'delegation/': ['tools/tool.ts', 'tools/arguments.ts', 'tools/other-names.ts', 'context/clip.ts'],
  'prompt/': [
    'model/model.ts',
    'context/',
    'session/',
    'tools/signature.ts',
    'workspace/render.ts',
  ],
};

const DOORS: Record<string, string[]> = {
  ...COMPONENTS,
  'agent/': [...Object.keys(COMPONENTS).filter((room) => room !== 'util/'), 'util/breather.ts'],
  'index.ts': ['model/', 'session/session-error.ts', 'tools/', 'agent/create-agent.ts'],
  'terminal/': ['util/'],
  'export/': [
    'records',
    'model/model.ts',
    'context/',
    'session/',
    'prompt/cache-stats.ts',
    'workspace/paths.ts',
    'terminal/text/escape.ts',
    'util/',
  ],
  'cli/': [...Object.keys(COMPONENTS), 'agent/', 'export/', 'terminal/'],
};

/** Types are free among the components; none names one of the agent or the product. */
const TYPES: Record<string, string[]> = {
  ...Object.fromEntries(Object.keys(COMPONENTS).map((room) => [room, Object.keys(COMPONENTS)])),
  'agent/': Object.keys(COMPONENTS),
  'index.ts': [...Object.keys(COMPONENTS), 'agent/'],
  'terminal/': [...Object.keys(COMPONENTS), 'agent/'],
  'export/': Object.keys(COMPONENTS),
  'cli/': Object.keys(DOORS),
};

const isIn = (room: string, file: string): boolean => file.startsWith(room);

/** The imports of a room that no door of it leads to. */
function foreign(room: string, doors: string[], counts: (each: Import) => boolean): string[] {
  return sources
    .filter(({ file }) => isIn(room, file))
    .flatMap(({ file, imports }) =>
      imports
        .filter((each) => counts(each) && !each.isPackage && !isIn(room, each.target))
        .filter(({ target }) => target !== '../package.json')
        .filter(({ target }) => !doors.some((door) => isIn(door, target)))
        .map(({ target }) => `${file} → ${target}`),
    );
}

/** An export by its name, and whether a comment ends right before it. */
const EXPORT =
  /(\*\/\n)?^export (?:abstract |async )*(?:function\*?|class|const|type|interface) (\w+)/gm;

/** The exports of a file that have no docstring. */
const undocumented = ({ file, text }: Source): string[] =>
  [...text.matchAll(EXPORT)]
    .filter(([, comment]) => comment === undefined)
    .map(([, , name]) => `${file}: ${name}`);

describe('the source', () => {
  it('is read as it is by these tests', () => {
    const edges = sources.flatMap(({ file, imports }) =>
      imports.map(({ target, typeOnly }) => `${file} ${typeOnly ? 'type ' : ''}${target}`),
    );
    expect(edges).toContain('cli/cli.ts cli/load-main.ts');
    expect(edges).toContain('model/http/server-settings.ts type model/http/host.ts');
    expect(edges).toContain('tools/edit.ts tools/tool.ts'); // an import of several lines
    expect(edges).toContain('tools/search/ignore-files.ts fast-glob'); // a dynamic one
    expect(edges).toContain('cli/main.ts ../package.json');
    expect(edges.length).toBeGreaterThan(150);
  });

  it.each(Object.entries(DOORS))('of %s imports only itself and values of %j', (room, doors) => {
    expect(foreign(room, doors, ({ typeOnly }) => !typeOnly)).toEqual([]);
  });

  it.each(Object.entries(TYPES))('of %s names no type of a room above', (room, doors) => {
    expect(foreign(room, doors, ({ typeOnly }) => typeOnly)).toEqual([]);
  });

  it('has only rooms whose doors are known', () => {
    const rooms = Object.keys(DOORS);
    const homeless = sources.filter(({ file }) => !rooms.some((room) => isIn(room, file)));
    expect(homeless.map(({ file }) => file)).toEqual([]);
    const unused = rooms.filter((room) => !sources.some(({ file }) => isIn(room, file)));
    expect(unused).toEqual([]);
  });

  it('knows Ollama in its own files only', () => {
    const users = sources.filter(({ imports }) =>
      imports.some(({ target }) => target === 'ollama'),
    );
    expect(users.map(({ file }) => file).toSorted()).toEqual([
      'model/ollama/client.ts',
      'model/ollama/learn-template.ts',
      'model/ollama/send.ts',
      'model/ollama/server.ts',
    ]);
  });

  it('has no cycle of imports', () => {
    const next = new Map(
      sources.map(({ file, imports }) => [
        file,
        imports.filter(({ typeOnly }) => !typeOnly).map(({ target }) => target),
      ]),
    );
    const cycles: string[] = [];
    const done = new Set<string>();
    const visit = (file: string, above: string[]): void => {
      if (above.includes(file)) cycles.push([...above, file].join(' → '));
      if (above.includes(file) || done.has(file)) return;
      for (const target of next.get(file) ?? []) visit(target, [...above, file]);
      done.add(file);
    };
    for (const { file } of sources) visit(file, []);
    expect(cycles).toEqual([]);
  });

  it('leaves the process it runs in to eight files of cli/, and its environment to createAgent', () => {
    const uses = sources
      .filter(
        ({ file }) =>
          !/^cli\/(cli|code-cache|load-main|load-run|main|options|run|say|small-heap)\.ts$/.test(
            file,
          ),
      )
      .flatMap(({ file, code }) =>
        [
          ...code.matchAll(
            /\bprocess\.(\w+)|[=(] process\b(?!\.)|(?<!\/)\bconsole\.\w+|'node:process'/g,
          ),
        ]
          // A lock names its holder, a session has an owner; a group of processes is ended. What a
          // module of Node.js is for is not always needed.
          .filter(
            ([, member = '']) => !['pid', 'getuid', 'kill', 'getBuiltinModule'].includes(member),
          )
          .map(([use]) => `${file}: ${use}`)
          .filter((use) => use !== 'agent/create-agent.ts: process.env'),
      );
    expect(uses).toEqual([]);
  });

  it('has a docstring on every export', () => {
    expect(sources.flatMap(undocumented)).toEqual([]);
  });

  it('has no file of more than 250 lines', () => {
    const long = sources.filter(({ lines }) => lines > 250);
    expect(long.map(({ file, lines }) => `${file}: ${lines}`)).toEqual([]);
  });
});
