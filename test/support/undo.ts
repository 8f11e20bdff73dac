/** A session in a temporary workspace whose edits are made by the real tools. */
import fs from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { Undo } from '../../src/undo/undo.ts';
import { SessionStore } from '../../src/session/store.ts';
import type { Session } from '../../src/session/session.ts';
import { writeFile } from '../../src/tools/write-file.ts';
import { runTool } from './run-tool.ts';
import { temporaryFolder, toolContext } from './workspace.ts';

export interface ChangesScene {
  root: string;
  session: Session;
  changes: Undo;
  /** The warnings that the person got. */
  warnings: string[];
  /** Begins a request. */
  ask(request?: string): void;
  /** The agent writes a file, as `write_file` does. */
  write(name: string, content: string): Promise<void>;
  /** The agent has run a command. */
  ranShell(): void;
  /** Somebody else writes a file. */
  put(name: string, content: string): void;
  /** What a file contains; undefined if it does not exist. */
  text(name: string): string | undefined;
  /** The same session, resumed. */
  resumed(): ChangesScene;
}

export function changesScene(files: Record<string, string | Buffer> = {}): ChangesScene {
  const root = temporaryFolder(files);
  const store = storeOf(root);
  return sceneOf(root, store, store.create('model'));
}

function storeOf(root: string): SessionStore {
  return new SessionStore({ workspaceRoot: root, warn: (text) => expect.fail(text) });
}

function sceneOf(root: string, store: SessionStore, session: Session): ChangesScene {
  onTestFinished(() => session.close());
  const warnings: string[] = [];
  const changes = new Undo({ session, root, warn: (text) => void warnings.push(text) });
  const file = (name: string) => path.join(root, name);
  return {
    root,
    session,
    changes,
    warnings,
    ask: (request = 'go on') => session.record({ type: 'user', content: request }),
    async write(name, content) {
      const context = { ...toolContext(root), keep: changes.keep.bind(changes) };
      await runTool(writeFile, context, { path: name, content });
    },
    ranShell() {
      const result = { name: 'run_shell', args: { command: 'x' }, content: '', ok: true };
      session.record({ type: 'tool', ...result });
    },
    put(name, content) {
      fs.mkdirSync(path.dirname(file(name)), { recursive: true });
      fs.writeFileSync(file(name), content);
    },
    text: (name) => (fs.existsSync(file(name)) ? fs.readFileSync(file(name), 'utf8') : undefined),
    resumed() {
      session.close();
      return sceneOf(root, store, store.resume(session.id));
    },
  };
}
