import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = path.resolve(import.meta.dirname, '../src');

interface Import {
  /** Relative to src, or the name of a package. */
  target: string;
  isPackage: boolean;
  typeOnly: boolean;
}

interface Source {
  file: string;
  /** Without comments. */
  code: string;
  lines: number;
  imports: Import[];
}

/** Static and dynamic imports and re-exports; the clause between keyword and `from` tells types. */
const IMPORT =
  /\b(?:import|export)\s+(type\s)?(?:[\w$*{},\s]+?\sfrom\s*)?'([^']+)'|\bimport\(\s*'([^']+)'/g;

function readSource(file: string): Source {
  const text = fs.readFileSync(path.join(SRC, file), 'utf8');
  const code = text.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*/g, '');
  const imports = [...code.matchAll(IMPORT)].map(([, type, static_, dynamic]) => {
    const name = static_ ?? dynamic ?? '';
    const isPackage = !name.startsWith('.');
    const target = isPackage ? name : path.join(path.dirname(file), name);
    return { target, isPackage, typeOnly: type !== undefined };
  });
  return { file, code, lines: text.split('\n').length - 1, imports };
}

const sources = fs
  .readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map(readSource);

/** What the files of a room may import besides each other: a folder (`x/`) or one file. */
const DOORS: Record<string, string[]> = {
  'errors.ts': [],
  'files.ts': [],
  'environment.ts': ['workspace/paths.ts'],
  'records.ts': [],
  'model/': ['errors.ts'],
  'reply/': [],
  'session/': [
    'records.ts',
    'files.ts',
    'errors.ts',
    'context/clip.ts',
    'context/compaction.ts',
    'model/model.ts',
  ],
  'context/': ['records.ts', 'model/model.ts'],
  'workspace/': ['files.ts', 'errors.ts', 'environment.ts', 'context/clip.ts'],
  'changes/': [
    'records.ts',
    'session/',
    'agent/events.ts',
    'workspace/paths.ts',
    'context/clip.ts',
    'files.ts',
    'errors.ts',
  ],
  'tools/': ['workspace/', 'files.ts', 'errors.ts', 'environment.ts', 'context/clip.ts'],
  'delegation/': ['tools/tool.ts', 'context/clip.ts', 'model/model.ts'],
  'prompt/': [
    'records.ts',
    'tools/tool.ts',
    'model/model.ts',
    'context/',
    'session/',
    'workspace/',
  ],
  'terminal/': ['session/', 'agent/events.ts', 'errors.ts', 'context/clip.ts'],
  'terminal/text/': [],
  'terminal/editor/': ['terminal/text/'],
  'terminal/answer/': ['terminal/text/'],
  'agent/': [
    'records.ts',
    'model/model.ts',
    'context/',
    'session/',
    'prompt/',
    'reply/',
    'workspace/',
    'tools/',
    'delegation/',
  ],
  'conversation.ts': [
    'agent/',
    'changes/',
    'model/model.ts',
    'context/window.ts',
    'session/',
    'tools/approval.ts',
    'workspace/snapshot.ts',
    'user-command.ts',
  ],
  'history.ts': ['files.ts', 'errors.ts'],
  'aids.ts': ['conversation.ts', 'history.ts', 'terminal/', 'tools/search-files.ts', 'workspace/'],
  'user-command.ts': ['tools/process-group.ts', 'tools/run-shell.ts', 'tools/tool.ts'],
  'options.ts': ['flags.ts', 'completion.ts', 'model/ollama/host.ts', 'tools/approval.ts'],
  'start.ts': [
    'options.ts',
    'errors.ts',
    'conversation.ts',
    'output.ts',
    'context/window.ts',
    'session/store.ts',
    'terminal/input/piped.ts',
    'terminal/welcome.ts',
    'tools/sandbox.ts',
    'workspace/',
  ],
  'flags.ts': ['completion.ts', 'model/ollama/host.ts', 'tools/approval.ts'],
  'completion.ts': [],
  'converse.ts': ['conversation.ts', 'setup.ts', 'terminal/'],
  'setup.ts': [
    'model/model.ts',
    'model/ollama/host.ts',
    'model/ollama/serve.ts',
    'workspace/paths.ts',
  ],
  'once.ts': [
    'conversation.ts',
    'agent/events.ts',
    'exit-codes.ts',
    'model/model.ts',
    'terminal/interrupts.ts',
  ],
  'output.ts': ['agent/events.ts', 'model/model.ts', 'terminal/text/escape.ts'],
  'demo.ts': ['model/scripted.ts', 'tools/approval.ts'],
  'exit-codes.ts': ['agent/events.ts'],
  'cli.ts': ['main.ts', 'errors.ts', 'exit-codes.ts', 'terminal/text/escape.ts'],
};

const isIn = (room: string, file: string) =>
  room.endsWith('/') ? file.startsWith(room) : file === room;

describe('the source', () => {
  it('is read as it is by these tests', () => {
    const edges = sources.flatMap(({ file, imports }) =>
      imports.map(({ target, typeOnly }) => `${file} ${typeOnly ? 'type ' : ''}${target}`),
    );
    expect(edges).toContain('cli.ts main.ts');
    expect(edges).toContain('model/ollama/client.ts type model/ollama/host.ts');
    expect(edges).toContain('model/ollama/ollama.ts model/model.ts'); // an import of several lines
    expect(edges).toContain('tools/search-files.ts fast-glob'); // a dynamic one
    expect(edges).toContain('main.ts ../package.json');
    expect(edges.length).toBeGreaterThan(150);
  });

  it.each(Object.entries(DOORS))('of %s imports only itself and %j', (room, doors) => {
    const wrong = sources
      .filter(({ file }) => isIn(room, file))
      .flatMap(({ file, imports }) =>
        imports
          .filter(({ target, isPackage }) => !isPackage && !isIn(room, target))
          .filter(({ target }) => !doors.some((door) => isIn(door, target)))
          .map(({ target }) => `${file} → ${target}`),
      );
    expect(wrong).toEqual([]);
  });

  it('stands in rooms whose doors are known; only main.ts may enter them all', () => {
    const rooms = [...Object.keys(DOORS), 'main.ts'];
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
      'model/ollama/ollama.ts',
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

  it('leaves the process it runs in to main.ts, cli.ts, options.ts and demo.ts', () => {
    const uses = sources
      .filter(({ file }) => !/^(main|cli|options|demo)\.ts$/.test(file))
      .flatMap(({ file, code }) =>
        [
          ...code.matchAll(
            /\bprocess\.(\w+)|[=(] process\b(?!\.)|(?<!\/)\bconsole\.\w+|'node:process'/g,
          ),
        ]
          // A lock names its holder, a session has an owner; a group of processes is ended.
          .filter(([, member = '']) => !['pid', 'getuid', 'kill'].includes(member))
          .map(([use]) => `${file}: ${use}`),
      );
    expect(uses).toEqual([]);
  });

  it('has no file of more than 250 lines', () => {
    const long = sources.filter(({ lines }) => lines > 250);
    expect(long.map(({ file, lines }) => `${file}: ${lines}`)).toEqual([]);
  });
});
