/** Helps a person write a request: their history, completion of names, their own editor. */
import path from 'node:path';
import type { Conversation } from './conversation.ts';
import { HistoryFile } from './prompt-history.ts';
import { userFolder } from './user-folder.ts';
import { COMPLETABLE_COMMANDS } from '../terminal/commands/commands.ts';
import type { Models } from '../terminal/commands/command.ts';
import type { Aids } from '../terminal/editor/aids.ts';
import { knownModels, namesIn } from './completed-names.ts';
import { filesUnder } from '../tools/search/ignore-files.ts';
import { listGitFiles } from '../workspace/git.ts';
import { isText } from '../util/file-names.ts';
import { withTrustedPath } from '../workspace/paths.ts';

/** How many files a walk lists, where git cannot. */
const MAX_WALKED = 10_000;
/** How many sessions Tab offers. */
const MAX_SESSIONS = 100;

/** Where the aids come from. */
interface AidsSources {
  conversation: Conversation;
  /** The workspace root. */
  root: string;
  /** The whole environment: it tells where the history is, and which editor to run. */
  env: NodeJS.ProcessEnv;
  /** The environment of git. */
  gitEnv: NodeJS.ProcessEnv;
  models: Pick<Models, 'list'>;
  /** Aborts when the program ends. */
  leaving: AbortSignal;
  /** Tells the person something, in one line. */
  warn: (message: string) => void;
}

/** Gathers the aids for the prompt. Nothing is read before it is used. */
export function requestAids(sources: AidsSources): Aids {
  const { conversation, root, env, gitEnv, models, leaving, warn } = sources;
  return {
    history: new HistoryFile(
      path.join(userFolder(env['XDG_STATE_HOME'], '.local/state'), 'history'),
      warn,
    ),
    completions: {
      commands: COMPLETABLE_COMMANDS,
      sessions: () => conversation.store.list(MAX_SESSIONS),
      models: knownModels(models, leaving),
      namesIn: (folder) => namesIn(root, folder),
      files: async () => (await listGitFiles(root, gitEnv)) ?? (await walkFiles(root)),
    },
    editor: editorOf(env, root),
  };
}

/** The person's editor. A program of that name in the repository is never run. */
function editorOf(env: NodeJS.ProcessEnv, root: string): Aids['editor'] {
  const command = env['VISUAL'] || env['EDITOR'];
  return command ? { command, env: withTrustedPath(env, root) } : undefined;
}

async function walkFiles(root: string): Promise<string[]> {
  const files: string[] = [];
  try {
    for await (const file of filesUnder(root, '.')) {
      if (isText(file) && files.push(file) === MAX_WALKED) break;
    }
  } catch {
    // A folder that is missing or not readable has no names to offer.
  }
  return files;
}
