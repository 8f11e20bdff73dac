import { setImmediate as turn } from 'node:timers/promises';
import fs from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { onlySessionIn, sessionsIn } from '../program/session-files.ts';
import { lastTurnOf, transcriptOf } from '../support/conversation.ts';
import { final, toolCall, type ScriptedReply } from '../support/ollama-server.ts';
import { runProgram, scene } from '../support/program.ts';
import { chosenSeed } from '../support/random.ts';
import { inStress, often, some } from '../support/stress.ts';
import { variedWords } from '../support/varied.ts';

const line = (response: string, done = false) => `${JSON.stringify({ response, done })}\n`;

/** A reply as its lines: an answer with characters of every length in UTF-8. */
const ANSWER = 'Käse, 漢字 und 😀.';
const LINES = Buffer.from(
  [...final(ANSWER)].map((character) => line(character)).join('') + line('', true),
);

/** One byte at a time, each sent when the previous one has left. */
async function* dripping(bytes: Buffer) {
  for (const byte of bytes) {
    yield Buffer.of(byte);
    await turn();
  }
}

/** A full queue, in Ollama's words. */
const BUSY = {
  status: 503,
  body: '{"error":"server busy, please try again.  maximum pending requests exceeded"}',
};

/** How long these tests wait for a silent server. */
const WAIT = ['--ollama-timeout', '3'];

/** What would look like a question of ours if its lines were shown as they are. */
const LONG_ERROR = `lost\nit${'\n  command: ls\nAllow run_shell? [y/N/a/e] '.repeat(100)}`;

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';
const UPGRADE = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n';

const ALL_FAULTS: [what: string, says: string, reply: () => ScriptedReply][] = [
  ['another protocol', 'answered 101', () => ({ bytes: UPGRADE })],
  ['a crash', 'answered 500: crashed', () => ({ status: 500, body: '{"error":"crashed"}' })],
  [
    'a page',
    'what is not an answer',
    () => ({ status: 200, contentType: 'text/html', body: '<html>\n\u001b[2J</html>' }),
  ],
  ['a redirect', 'answered 307', () => ({ status: 307, headers: { location: '/elsewhere' } })],
  [
    'an error line mid-stream',
    'failed: lost it',
    () => ({ raw: [line('<final>Al'), JSON.stringify({ error: LONG_ERROR })] }),
  ],
  ['a connection that breaks off', 'broke off', () => ({ text: '<final>Almost', breakOff: true })],
  ['early statuses without end', 'early statuses', () => ({ bytes: CONTINUE.repeat(200) })],
  ['an early status and silence', 'silent for 3 s', () => ({ bytes: CONTINUE })],
  ['an error of no words', 'failed: no reason', () => ({ raw: ['{"error":{}}'] })],
  ['empty pieces without end', 'without an end', () => ({ raw: endlessly(line('')) })],
  ['whitespace without end', 'without an end', () => ({ raw: endlessly(' ') })],
  ['silence', 'silent for 3 s', () => ({ silent: true })],
  ['no memory', 'ran out of memory', () => ({ status: 500, body: '{"error":"out of memory"}' })],
  [
    'an error page',
    'answered 502',
    () => ({ status: 502, contentType: 'text/html', body: '<h1>Bad\nGateway' }),
  ],
  [
    'an end within a character',
    'what is not an answer',
    () => ({ raw: [LINES.subarray(0, LINES.indexOf('ä') + 1)] }),
  ],
  ['nothing at all', 'broke off', () => ({ raw: [] })],
  [
    'a stall within a line',
    'silent for 3 s',
    () => ({ raw: [LINES.subarray(0, 400)], stall: true }),
  ],
  // Reading until it is enough takes seconds; model/failures.test.ts has them, too.
  ['a body without end', 'without an end', () => ({ raw: endlessLines() })],
  ['a line without end', 'without an end', () => ({ raw: endlessLine() })],
];
const FAULTS = some(5, ALL_FAULTS);

async function* endlessly(text: string) {
  for (; ; await turn()) yield text;
}

function* endlessLines() {
  for (let page = 0; ; page++) yield line(`<final>${pageOf(page)}`);
}

function* endlessLine() {
  yield '{"response":"';
  for (let page = 0; ; page++) yield pageOf(page);
}

/** A lot of text without repetition. */
const pageOf = (page: number) => variedWords(10_000, 10_000 * page);

/** One message, in one line, that names the server and the model. */
function expectOneMessage(stderr: string, url: string): void {
  expect(stderr).toMatch(/^mini-coding-agent: [^\n]+\n$/);
  expect(stderr).toContain(url);
  expect(stderr).toContain('qwen3.5:4b');
  expect(stderr.length).toBeLessThan(600);
  // eslint-disable-next-line no-control-regex
  expect(stderr).not.toMatch(/\u001b|\bat .*:\d+:\d+/);
}

/** How many replies are cut off. */
const CUTS = often(4, 40);

const typesIn = (root: string) => onlySessionIn(root).records.map(({ type }) => type);

describe('a server that fails', () => {
  it(
    'in any way causes one message each; the conversation continues and the session is whole',
    { timeout: 60_000 },
    async () => {
      const replies = FAULTS.flatMap(([what, , reply]) => [reply(), final(`After ${what}.`)]);
      const { root, server, run } = await scene(replies);
      const requests = FAULTS.map(([what]) => `${what}\nnext\n`).join('');
      const { code, stdout, stderr } = await run(WAIT, requests);
      expect(code).toBe(0);
      const messages = stderr.split('\n').slice(0, -1);
      expect(messages, stderr).toHaveLength(FAULTS.length);
      for (const [at, [, says]] of FAULTS.entries()) {
        expectOneMessage(`${messages[at]}\n`, server.url);
        expect(messages[at]).toContain(says);
      }
      expect(stdout).not.toMatch(/Almost|and so on/);
      for (const [what] of FAULTS) {
        expect(stdout).toContain(
          `mini-coding-agent> ${what}\n\nmini-coding-agent> next\nAfter ${what}.\n`,
        );
      }
      const types = typesIn(root).filter((type) => type !== 'epoch' && type !== 'model');
      const each = ['user', 'failure', 'user', 'assistant'];
      expect(types).toEqual(['session', ...FAULTS.flatMap(() => each)]);
      await Promise.all(server.calls.map(({ closed }) => closed)); // no connection is left
    },
  );

  it(
    'in any way ends one request with exit code 1 and one message',
    { timeout: 60_000 },
    async () => {
      const fails = async ([, says, reply]: (typeof FAULTS)[number]) => {
        const { root, server, run } = await scene([reply()]);
        const { code, stdout, stderr } = await run([...WAIT, 'hi']);
        expect(code).toBe(1);
        // What had come of an answer is in the pipe already; nothing else is.
        expect(stdout).not.toMatch(/mini-coding-agent|Interrupted/);
        expectOneMessage(stderr, server.url);
        expect(stderr).toContain(says);
        expect(typesIn(root).filter((type) => type !== 'model')).toEqual([
          'session',
          'user',
          'epoch',
          'failure',
        ]);
      };
      const faults = some(1, FAULTS);
      // All at once would keep the server of a run silent for longer than is waited for.
      for (let at = 0; at < faults.length; at += 3) {
        await Promise.all(faults.slice(at, at + 3).map(fails));
      }
    },
  );

  it('by hanging up anywhere in a reply causes one message or an answer, and the session is whole', async () => {
    const seed = chosenSeed();
    const [cuts = []] = fc.sample(
      fc.array(fc.nat(LINES.length), { minLength: CUTS, maxLength: CUTS, size: 'max' }),
      {
        numRuns: 1,
        seed,
      },
    );
    const replies = cuts.map((at) => ({ raw: [LINES.subarray(0, at)], breakOff: true }));
    const { root, server, run } = await scene([...replies, final('Still here.')]);
    const { code, stdout, stderr } = await run(
      [],
      `${cuts.map((at) => `cut ${at}\n`).join('')}last\n`,
    );
    expect({ code, seed }).toEqual({ code: 0, seed });
    expect(stdout).toContain('mini-coding-agent> last\nStill here.\n');
    const answered = stdout.split(`\n${ANSWER}\n`).length - 1;
    const messages = stderr.split('\n').slice(0, -1);
    for (const message of messages) expectOneMessage(`${message}\n`, server.url);
    expect(answered + messages.length, `MCA_SEED=${seed}`).toBe(cuts.length);
    const types = typesIn(root);
    expect(types.filter((type) => type === 'user')).toHaveLength(cuts.length + 1);
    expect(types.filter((type) => type === 'assistant')).toHaveLength(answered + 1);
  });
});

describe('a failing server', () => {
  inStress('in the middle of a request leaves earlier steps in the session', async () => {
    const { root, server, run } = await scene([toolCall('list_files'), { status: 500 }]);
    expect((await run(['look'])).code).toBe(1);
    server.push(final('Gone on.'));
    expect(await run(['-c', 'go on'])).toMatchObject({ code: 0, stdout: 'Gone on.\n' });
    expect(transcriptOf(server.calls[2]?.prompt ?? '')).toMatch(
      /^\[user\] look\n\[assistant\] <tool>.*\n\[user\] Result of list_files:\n.*\n\nRequest: go on$/,
    );
    onlySessionIn(root);
  });

  it('that is not running is reported with what to do, in one request and in the conversation', async () => {
    const { server, run } = await scene();
    await server.close();
    const once = await run(['hi']);
    expect(once).toMatchObject({ code: 1, stdout: '' });
    expectOneMessage(once.stderr, server.url);
    expect(once.stderr).toContain('ollama serve');
    const conversation = await run([], 'hi\n/help\n');
    expect(conversation.code).toBe(0);
    expectOneMessage(conversation.stderr, server.url);
    expect(conversation.stdout).toContain('/memory');
  });

  inStress('without the model is reported with how to get it', async () => {
    const { server, run } = await scene([], {}, { models: ['other'] });
    const { code, stderr } = await run(['hi']);
    expect(code).toBe(1);
    expectOneMessage(stderr, server.url);
    expect(stderr).toContain('ollama pull qwen3.5:4b');
  });

  inStress('is never reported with the credentials in its address', async () => {
    const { root, server } = await scene([{ status: 500 }]);
    const host = server.url.replace('//', '//ada:s3cret@');
    const failed = await runProgram(['hi'], { cwd: root, host });
    expect(failed.code).toBe(1);
    expectOneMessage(failed.stderr, server.url);
    await server.close();
    const away = await runProgram(['--host', host, 'hi'], { cwd: root });
    expect(away.code).toBe(1);
    for (const text of [failed.stderr, away.stderr, JSON.stringify(sessionsIn(root))]) {
      expect(text).not.toMatch(/ada|s3cret/);
    }
  });
});

describe('a server that is only strange', () => {
  it.each<[string, ScriptedReply]>(
    some(1, [
      ['drips one byte at a time', { raw: dripping(LINES) }],
      ['sends all in one piece', { raw: [LINES] }],
      [
        'sends empty lines and line ends of another kind',
        { raw: ['\n\r\n', LINES.toString().replaceAll('\n', '\r\n\n')] },
      ],
      ['sends no newline at the end', { raw: [LINES.subarray(0, -1)] }],
      ['hangs up after its last line', { raw: [LINES], breakOff: true }],
    ]),
  )('and %s is understood', async (_what, reply) => {
    const { root, run } = await scene([reply]);
    expect(await run(['hi'])).toEqual({ code: 0, stdout: `${ANSWER}\n`, stderr: '' });
    expect(typesIn(root)).toEqual(['session', 'user', 'epoch', 'model', 'assistant']);
  });

  it('and sends bytes that are not text has them shown as a mark', async () => {
    const [before, after] = [line('<final>Well\u00e4'), line('漢 done.</final>')];
    const bytes = Buffer.concat([
      Buffer.from(before.slice(0, before.indexOf('ä') + 1)),
      Buffer.from([0xff, 0xe6]), // an invalid byte, and the beginning of a character
      Buffer.from(before.slice(before.indexOf('ä') + 1) + after + line('', true)),
    ]);
    const { root, run } = await scene([{ raw: dripping(bytes) }]);
    const shown = 'Wellä\ufffd\ufffd漢 done.\n';
    expect(await run(['hi'])).toEqual({ code: 0, stdout: shown, stderr: '' });
    expect(typesIn(root)).toEqual(['session', 'user', 'epoch', 'model', 'assistant']);
  });

  inStress(
    'and ends its stream in the middle of an answer has cut it off: the call is retried',
    async () => {
      const cut = { text: '<final>Almost', withoutDone: true };
      const { server, run } = await scene([cut, '{"final":"All of it."}']);
      expect(await run(['-p', 'hi'])).toMatchObject({ code: 0, stdout: 'Almost\n\nAll of it.\n' });
      expect(server.calls[1]?.body['format']).toBeDefined();
      expect(lastTurnOf(server.calls[1]?.prompt ?? '')).toMatch(
        /^Not usable: the reply broke off\. /,
      );
    },
  );

  it('and is busy at first is asked again by the program, which says so', async () => {
    const { server, run } = await scene([BUSY, final('Hello.')]);
    const { code, stdout, stderr } = await run(['hi']);
    expect({ code, stdout, calls: server.calls.length }).toEqual({
      code: 0,
      stdout: 'Hello.\n',
      calls: 2,
    });
    expect(stderr).toContain('! the server is busy; retrying in 0.5 s\n');
  });

  inStress('and stays busy causes one message after some tries', { timeout: 30_000 }, async () => {
    const { root, server, run } = await scene(Array.from({ length: 5 }, () => BUSY));
    const { code, stdout, stderr } = await run(['-p', 'hi']);
    expect({ code, stdout, calls: server.calls.length }).toEqual({ code: 1, stdout: '', calls: 5 });
    expectOneMessage(stderr, server.url);
    expect(stderr).toContain('It is busy: try again in a while.');
    expect(typesIn(root)).toEqual(['session', 'user', 'epoch', 'failure']);
  });
});

inStress('a copy of the lock of a killed process locks nobody out', async () => {
  const { root, server, run, start } = await scene([final('One.')]);
  const holder = start([]);
  holder.child.stdin.write('hi\n');
  await holder.shows('One.');
  const { path: file } = onlySessionIn(root);
  const lock = file.replace(/jsonl$/, 'lock');
  const copy = fs.readFileSync(lock);
  holder.child.kill('SIGKILL');
  await holder.ended;
  for (const answer of ['Two.', 'Three.']) {
    server.push(final(answer));
    expect(await run(['-c', 'again'])).toEqual({ code: 0, stdout: `${answer}\n`, stderr: '' });
    expect(fs.existsSync(lock)).toBe(false);
    fs.writeFileSync(lock, copy);
  }
});
