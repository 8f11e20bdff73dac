/** Answers, tools and waiting as a person sees them, in a real terminal. */
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { longCommand, namedPipe } from '../support/named-pipe.ts';
import { final, inTwoParts } from '../support/ollama-server.ts';
import { pause } from '../support/pause.ts';
import { inStress } from '../support/stress.ts';
import { AT_PROMPT, terminalScene, type Terminal } from '../support/terminal.ts';

async function request(terminal: Terminal): Promise<void> {
  await terminal.waitFor(AT_PROMPT);
  terminal.type('go\r');
}

const ANSWER = '# Title\n\nSome **bold** words.\n\n```js\nconst a = 1;\n```\n\n- one\n- two';

describe('an answer', () => {
  it('is rendered in a terminal, and raw in a dumb one', async () => {
    const shown = '\nTitle\n\nSome bold words.\n\n```js\nconst a = 1;\n```\n\n- one\n- two\n';
    const terminal = await terminalScene([final(ANSWER)]);
    await request(terminal);
    await terminal.waitFor(shown);
    expect(terminal.raw()).toContain('\u001b[1mbold\u001b[22m');
    expect(terminal.raw()).toContain('\u001b[35mconst\u001b[39m');
    const dumb = await terminalScene([final(ANSWER)], { env: { TERM: 'dumb' } });
    await request(dumb);
    await dumb.waitFor(`\n${ANSWER}\n`);
  });

  inStress('with NO_COLOR keeps the marks of Markdown', async () => {
    const terminal = await terminalScene([final(ANSWER)], { env: { NO_COLOR: '1' } });
    await request(terminal);
    await terminal.waitFor(`\n${ANSWER}\n`);
  });

  inStress('is whole and in order after the window was resized in the middle of it', async () => {
    const { over, goOn } = pause();
    const words = (from: number) => Array.from({ length: 42 }, (_, at) => `word${from + at}`);
    const [before, after] = [words(100).join(' '), words(200).join(' ')];
    const reply = inTwoParts(`<final>${before}\n\n${before}`, over, ` last\n\n${after}</final>`);
    const terminal = await terminalScene([reply]);
    await request(terminal);
    await terminal.waitFor(/word141[^]*word141/);
    terminal.resize(30, 12);
    goOn();
    await terminal.waitFor(AT_PROMPT);
    const [, answer = ''] = /> go\n([^]*?)\n\d+ steps/.exec(terminal.screen()) ?? [];
    expect(answer.replace(/\s+/g, ' ')).toBe(`${before} ${before} last ${after}`);
  });
});

describe('the row that says what is going on', () => {
  it('says that the model reads, then thinks, and leaves a line that Ctrl-O opens', async () => {
    const [first, second] = [pause(), pause()];
    const line = (response: string, done = false) =>
      `${JSON.stringify({ model: 'scripted', response, done })}\n`;
    const said = 'Perhaps the file comes first, or the tests do. '.repeat(3);
    const thought = [line(`<think>${said}`), line('So be it.'), second.over, line('</think>')];
    const raw = [first.over, ...thought, line(final('Done.')), line('', true)];
    const terminal = await terminalScene([{ raw }]);
    await request(terminal);
    await terminal.waitFor(/\n\S reading the prompt · \d+ s · ~\d+ of ~\S+ tokens are new$/);
    first.goOn();
    await terminal.waitFor(/\n\S thinking · \d+ s · ….* tests do\. So be it\.$/);
    expect(terminal.screen()).not.toContain(
      'Perhaps the file comes first, or the tests do. Perhaps',
    );
    terminal.type('\u000f');
    await terminal.waitFor(/> go\n {2}~ Perhaps the file[^]* So be it\.\n\S thinking · [^\n]*$/);
    second.goOn();
    await terminal.waitFor(AT_PROMPT);
    expect(terminal.screen()).toMatch(
      /So be it\.\n• thought for \S+ s · ~2 tokens · Ctrl-O shows it\nDone\.\n/,
    );
    expect(terminal.screen()).not.toMatch(/reading|thinking/);
    terminal.type('next\u000f');
    await terminal.waitFor(
      /Done\.\n[^]*\n {2}~ Perhaps the file comes first[^]* So be it\.\n(?:[^]*\n)?mini-coding-agent> next$/,
    );
  });

  inStress('says which command runs, but not while the question is open', async () => {
    const pipe = namedPipe();
    const terminal = await terminalScene([longCommand(pipe)], { columns: 40 });
    await request(terminal);
    await terminal.waitFor('Allow run_shell? [y/N/a/e]');
    await delay(300); // nothing tells that something is not shown: it would have been by then
    expect(terminal.raw()).not.toContain('running exec');
    terminal.type('y\r');
    await pipe.written;
    await terminal.waitFor(/\n\S running exec .*… · \d+ s · Esc stops it$/);
    terminal.type('\u0003');
    await terminal.waitFor('Interrupted.');
    await terminal.waitFor(AT_PROMPT);
    expect(terminal.screen()).not.toContain(' running exec');
  });

  inStress('stays away while a person types at the prompt', async () => {
    const terminal = await terminalScene([final('Done.')]);
    await request(terminal);
    await terminal.waitFor(/Done\.\n[^]*> $|Done\.\n[^]*>$/);
    const before = terminal.raw().length;
    terminal.type('half');
    await terminal.waitFor(/> half$/);
    expect(terminal.raw().slice(before)).not.toMatch(/[\u2800-\u28ff]/);
  });
});
