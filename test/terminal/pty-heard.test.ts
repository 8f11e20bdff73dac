/** What a person types and sends while the agent works. */
import { describe, expect, it } from 'vitest';
import { onlySessionIn } from '../program/session-files.ts';
import { lastTurnOf } from '../support/conversation.ts';
import { final, inTwoParts, toolCall } from '../support/ollama-server.ts';
import { pause } from '../support/pause.ts';
import { inStress } from '../support/stress.ts';
import { AT_PROMPT, terminalScene, type TerminalScene } from '../support/terminal.ts';

const LIST = toolCall('list_files');
const WRITE = toolCall('write_file', { path: 'a.txt', content: 'a' });

/** A request is being answered, with a reply that goes on once it is told to. */
async function sceneAtWork(rest: string, script: string[], args: string[] = []) {
  const { over, goOn } = pause();
  const reply = inTwoParts('Let me look. ', over, rest);
  const terminal = await terminalScene([reply, ...script], { args });
  if (args.length === 0) {
    await terminal.waitFor(AT_PROMPT);
    terminal.type('indent it\r');
  }
  await terminal.waitFor('Let me look.');
  return { ...terminal, goOn };
}

/** What the person said, as the session has it. */
const saidIn = ({ root }: TerminalScene) =>
  onlySessionIn(root).records.flatMap(({ type, content }) =>
    type === 'user' || type === 'heard' ? [`${type}: ${String(content)}`] : [],
  );

describe('a line that is sent while the agent works', () => {
  it('is handed to the model with the next result, which the screen shows', async () => {
    const terminal = await sceneAtWork(LIST, [final('Done.')]);
    terminal.type('use tabs\rand spare the tests\rhalf');
    await terminal.waitFor(/half$/); // the program has read it
    terminal.goOn();
    await terminal.waitFor(
      /\n• listed \.[^\n]*\n• heard: use tabs\\nand spare the tests\nDone\.\n/,
    );
    await terminal.waitFor(/\nmini-coding-agent> half$/);
    expect(lastTurnOf(terminal.server.calls.at(-1)?.prompt ?? '')).toMatch(
      /^Result of list_files:\n[^]*\n\nThe user adds: use tabs\nand spare the tests$/,
    );
    expect(saidIn(terminal)).toEqual(['user: indent it', 'heard: use tabs\nand spare the tests']);
    terminal.type('\u0015\u001b[A'); // the newest of the history
    await terminal.waitFor(/\nmini-coding-agent> and spare the tests$/);
  });

  it('does not answer a question that comes first, and is heard after it', async () => {
    const terminal = await sceneAtWork(WRITE, [final('Done.')]);
    terminal.type('y\r');
    terminal.goOn();
    await terminal.waitFor('Allow write_file a.txt? [y/N/a]');
    terminal.type('n\r');
    await terminal.waitFor(/the user said no\n• heard: y\nDone\.\n/);
    await terminal.waitFor(AT_PROMPT);
  });

  inStress('is the next request where an answer comes first', async () => {
    const terminal = await sceneAtWork('<final>One.</final>', [final('Two.')]);
    terminal.type('second\r');
    terminal.goOn();
    await terminal.waitFor(/One\.\n[^]*\nmini-coding-agent> second\nTwo\.\n/);
    expect(saidIn(terminal)).toEqual(['user: indent it', 'user: second']);
  });

  inStress(
    'waits for the end of the request if it is a command, and so do later ones',
    async () => {
      const terminal = await sceneAtWork(LIST, [final('One.'), final('Two.')]);
      terminal.type('first\r/session\rsecond\r');
      terminal.goOn();
      await terminal.waitFor(
        /• heard: first\nOne\.\n[^]*\nmini-coding-agent> \/session\n[^]*> second\nTwo\.\n/,
      );
      expect(saidIn(terminal)).toEqual(['user: indent it', 'heard: first', 'user: second']);
    },
  );

  it('waits for the end of the request, too, if it is so long that it may not fit', async () => {
    const terminal = await sceneAtWork(LIST, [final('One.'), final('Two.'), final('Three.')]);
    const long = 'word '.repeat(401);
    terminal.type(`first\r\u001b[200~${long}\u001b[201~\rlast\r`);
    terminal.goOn();
    await terminal.waitFor(/• heard: first\nOne\.\n[^]*> word[^]*Two\.\n[^]*> last\nThree\.\n/);
    expect(saidIn(terminal)).toEqual([
      'user: indent it',
      'heard: first',
      `user: ${long.trim()}`,
      'user: last',
    ]);
  });

  inStress('is not heard in a single request', async () => {
    const terminal = await sceneAtWork(WRITE, [LIST, final('Done.')], ['indent it']);
    terminal.goOn();
    await terminal.waitFor('Allow write_file a.txt? [y/N/a]');
    terminal.type('y\ruse tabs\r');
    expect(await terminal.ended).toBe(0);
    expect(saidIn(terminal)).toEqual(['user: indent it']);
  });
});

inStress('a line that is heard names files as a request does', async () => {
  const terminal = await sceneAtWork(LIST, [final('Done.')]);
  terminal.type('like @.git/config\r');
  terminal.goOn();
  await terminal.waitFor('Done.');
  expect(saidIn(terminal)).toEqual(['user: indent it', 'heard: like .git/config']);
});
