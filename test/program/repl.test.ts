import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { final, toolCall } from '../support/ollama-server.ts';
import { transcriptOf } from '../support/conversation.ts';
import { scene } from '../support/program.ts';
import { inStress } from '../support/stress.ts';
import { onlySessionIn } from './session-files.ts';

const PROMPT = 'mini-coding-agent> ';
const write = (name: string) => toolCall('write_file', { path: name, content: name });

describe('the conversation', () => {
  inStress('opens with a box of equal rows that shows where it is', async () => {
    const { root, run } = await scene();
    const { code, stdout, stderr } = await run(['-m', 'small:1b', '--approval', 'never']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const box = stdout.slice(0, stdout.indexOf(PROMPT)).trimEnd().split('\n');
    expect(new Set(box.map((row) => row.length)).size).toBe(1);
    for (const row of [/MINI CODING AGENT/, /MODEL +small:1b/, /BRANCH +main/, /APPROVAL +never/]) {
      expect(box.join('\n')).toMatch(row);
    }
    expect(box.join('\n')).toContain(root);
    expect(box.join('\n')).toMatch(/SESSION +\d{8}-\d{6}-[0-9a-f]{6} /);
  });

  it('answers line by line, skipping empty lines, until the input ends', async () => {
    const { server, run } = await scene([final('One.'), final('Two.')]);
    const { code, stdout, stderr } = await run([], '\n   \nfirst\n\n  second  ');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`${PROMPT}first\nOne.\n\n${PROMPT}\n\n${PROMPT}  second  \nTwo.\n`);
    expect(server.calls).toHaveLength(2);
    const transcript = '[user] first\n[assistant] <final>One.</final>\n[user] second';
    expect(transcriptOf(server.calls[1]?.prompt ?? '')).toBe(transcript);
  });

  inStress(
    'takes a piped line for the next request: none is heard, none lets one go on',
    async () => {
      const call = toolCall('list_files');
      const { root, run } = await scene([call, '{"final":"One."}', call, '{"final":"Two."}']);
      const { stdout } = await run(['--max-steps', '1'], 'first\nsecond\n');
      expect(stdout).not.toContain('Go on?');
      expect(stdout).toMatch(/\nOne\.\n\nStopped at the step limit \(1\)[^]*\nTwo\.\n/);
      const types = onlySessionIn(root).records.map(({ type }) => type);
      expect(types.filter((type) => type === 'user')).toHaveLength(2);
      expect(types).not.toContain('heard');
    },
  );

  inStress('shows each tool and how it ended', async () => {
    const replies = [toolCall('list_files'), toolCall('read_file', { path: 'b' }), final('Done.')];
    const { run } = await scene(replies, { a: '' });
    const { stdout } = await run([], 'look\n');
    expect(stdout).toMatch(
      /^• listed \. · 1 entry\n✗ read b\n  error: .*there is no file b\nDone\.\n/m,
    );
  });

  inStress('tells the model everything from one request to the next', async () => {
    const { server, run } = await scene([write('a'), final('Wrote a.'), final('I wrote a.')]);
    await run(['--approval', 'auto'], 'write a\nwhat did you do?\n');
    const transcript = transcriptOf(server.calls[2]?.prompt ?? '');
    expect(transcript).toMatch(
      /\[user\] write a\n\[assistant\] .*\n\[user\] Result of write_file:\nwrote a \(1 chars\)\n/,
    );
    expect(transcript).toContain(
      '[user] The workspace changed since you were last told:\n- status: ?? a',
    );
  });
});

describe('a slash command', () => {
  it('is answered and not sent to the model; /help lists them all, an unknown one gets a suggestion', async () => {
    const { root, server, run } = await scene();
    const { code, stdout } = await run([], '/help\n/hlep me\n//x\n');
    expect(code).toBe(0);
    expect(stdout).toContain('Unknown command /hlep. Did you mean /help?');
    expect(stdout).toContain('Unknown command //x.');
    const names = [
      '/help',
      '/memory',
      '/session',
      '/context',
      '/compact',
      '/reset, /clear',
      '/exit, /quit',
    ];
    for (const name of names) expect(stdout.split(`\n  ${name} `)).toHaveLength(2);
    expect(server.paths).toEqual([]);
    expect(fs.readdirSync(root)).toEqual(['.git']);
  });

  inStress('/memory prints task, files and notes; /session the path of the file', async () => {
    const { root, run } = await scene([write('b.txt'), final('Wrote b.')]);
    const { stdout } = await run(['--approval', 'auto'], 'write b\n/memory\n/session\n');
    expect(stdout).toContain('- task: write b\n- files: b.txt\n- notes:\n');
    expect(stdout).toContain('  - write_file: wrote b.txt (5 chars)\n  - Wrote b.\n');
    expect(stdout).toContain(`${PROMPT}/session\n${onlySessionIn(root).path}\n`);
  });

  inStress('/reset clears transcript and memory, keeps the log, and stays', async () => {
    const { root, server, run } = await scene([final('A secret.'), final('New.')]);
    const { code, stdout } = await run([], 'old task\n/reset\n/memory\nnew task\n');
    expect(code).toBe(0);
    expect(stdout).toContain('- task: -\n- files: -\n- notes:\n  - none\n');
    expect(server.calls[1]?.prompt).not.toMatch(/old task|A secret/);
    const types = onlySessionIn(root).records.map(({ type }) => type);
    const asked = ['user', 'epoch', 'model', 'assistant'];
    expect(types).toEqual(['session', ...asked, 'reset', ...asked]);
  });

  inStress('/context shows the window by section, and /compact makes room in it', async () => {
    const reads = ['a', 'b', 'c'].map((name) => toolCall('read_file', { path: name }));
    const files = { a: 'a\n'.repeat(200), b: 'b\n'.repeat(200), c: 'c\n'.repeat(20) };
    const script = [...reads, final('Read.'), final('Done.')];
    const { root, server, run } = await scene(script, files, { charsPerToken: 3.5 });
    const { code, stdout } = await run([], '/context\nread\n/context\n/compact\ngo on\n/context\n');
    expect(code).toBe(0);
    const [none = '', before = '', after = ''] = stdout.split('Context window: ').slice(1);
    expect(none).toMatch(
      /^16384 tokens\n(  (system|examples|memory|conversation|reply|free) .*\n){6}/,
    );
    expect(none).toContain('Prompt cache: no model call yet');
    expect(before).toMatch(
      /Prompt cache: \d+% reused \(last call \d+%\)\nLast call: \d+ tokens sent/,
    );
    expect(before).not.toContain('anew');
    expect(before).toMatch(/Speed: prefill \d+, generation \d+ tokens\/s/);
    expect(before).toMatch(/Compacted: \d+ characters saved; the newest turns are unchanged/);
    const [tokensBefore, tokensAfter] = [before, after].map((report) =>
      Number(/conversation .* (\d+)\n/.exec(report)?.[1]),
    );
    expect(tokensAfter).toBeLessThan(0.75 * Number(tokensBefore));
    expect(after).toMatch(/; restarted 1×\n/);
    expect(server.calls[4]?.prompt).toContain('  10: c\n');
    expect(server.calls[4]?.prompt).not.toContain(' 100: a\n');
    expect(onlySessionIn(root).records.filter(({ type }) => type === 'compaction')).toHaveLength(1);
    // A pipe has its first request ready: there is no warm-up.
    expect(server.paths).toEqual(['/api/show', '/api/chat', ...script.map(() => '/api/generate')]);
    expect(server.calls.map(({ body }) => body['options'])).not.toContainEqual(
      expect.objectContaining({ num_predict: 1 }),
    );
  });

  inStress('/exit quits at once, with exit code 0', async () => {
    const { server, run } = await scene();
    expect(await run([], '/exit\nnever sent\n')).toMatchObject({ code: 0, stderr: '' });
    expect(server.paths).toEqual([]);
  });
});

describe('piped answers to approval questions', () => {
  it('are read line by line: y and yes allow, anything else denies', async () => {
    const answers = ['y', 'n', ' YES ', 'yep', '', 'y es', 'Y'];
    const names = answers.map((_, index) => `file-${index}`);
    const { root, run } = await scene([...names.map(write), final('Done.')]);
    const { code, stdout } = await run(['--max-steps', '9'], ['go', ...answers, ''].join('\n'));
    expect(code).toBe(0);
    const written = names.filter((name) => fs.existsSync(path.join(root, name)));
    expect(written).toEqual(['file-0', 'file-2', 'file-6']);
    expect(stdout.match(/Allow write_file file-\d\? \[y\/N\/a\] /g)).toHaveLength(answers.length);
    expect(stdout).toContain('Done.\n');
  });

  inStress('that have run out are a no, and the conversation ends with exit code 0', async () => {
    const { root, server, run } = await scene([write('a'), final('I was not allowed.')]);
    const { code, stdout } = await run([], 'write a\n');
    expect(code).toBe(0);
    expect(stdout).toContain('I was not allowed.');
    expect(server.calls[1]?.prompt).toContain(
      'error: write_file was not approved: nobody answered',
    );
    expect(fs.existsSync(path.join(root, 'a'))).toBe(false);
  });
});
