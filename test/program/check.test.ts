/** `--check` in the whole program. */
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { lineSchema, resultSchema } from '../../src/cli/json-lines.ts';
import { final, toolCall } from '../support/ollama-server.ts';
import { scene } from '../support/program.ts';
import { inStress } from '../support/stress.ts';
import { temporaryFolder } from '../support/workspace.ts';

const write = (content: string) => toolCall('write_file', { path: 'a.txt', content });
const patch = toolCall('patch_file', { path: 'a.txt', old_text: 'bad', new_text: 'good' });
const CHECK = ['--check', 'touch ran; grep good a.txt'];
const MENDED = [write('bad\n'), final('Done.'), patch, final('Mended.')];
const AUTO = ['--approval', 'auto'];

const hasRun = (root: string) => fs.existsSync(path.join(root, 'ran'));

describe('--check', () => {
  it('sends a failure back to the model, and the answer says how it ended, also in JSON', async () => {
    const { server, run } = await scene(MENDED);
    const { code, stdout } = await run([...AUTO, ...CHECK, '--output-format', 'stream-json', 'go']);
    expect(code).toBe(0);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => lineSchema.parse(JSON.parse(line)));
    const [, command = ''] = CHECK;
    expect(lines.filter(({ type }) => type.startsWith('check'))).toMatchObject([
      { type: 'check_start', command },
      {
        type: 'check_end',
        command,
        passed: false,
        content: 'exit_code: 1\nstdout:\n(empty)\nstderr:\n(empty)',
      },
      { type: 'check_start', command },
      { type: 'check_end', command, passed: true },
    ]);
    expect(lines.at(-1)).toMatchObject({
      type: 'final',
      text: 'Mended.\n\nCheck passed.',
      check: { result: 'passed', text: 'Check passed.' },
      steps: 2,
    });
    expect(server.calls.at(-2)?.prompt).toContain(`The check failed: ${command}\nexit_code: 1\n`);
  });

  inStress(
    'says in the one JSON object of a request, and with -p, that it still fails',
    async () => {
      const replies = [write('bad\n'), final('Done.'), final('Really.')];
      const text = 'Check still fails after 1 try, the last of which changed nothing: exit 1.';
      const json = await scene(replies);
      const { stdout } = await json.run([...AUTO, ...CHECK, '--output-format', 'json', 'go']);
      expect(resultSchema.parse(JSON.parse(stdout)).check).toEqual({ result: 'failed', text });
      const { run } = await scene(replies);
      expect((await run([...AUTO, ...CHECK, '-p', 'go'])).stdout).toBe(`Really.\n\n${text}\n`);
    },
  );

  it('does not run where nobody can be asked, and the person is told', async () => {
    const { root, run } = await scene([write('bad\n'), final('Done.'), final('Hm.')]);
    const { stdout, stderr } = await run(CHECK, 'go\ny\ny\n');
    expect(stderr).toContain('The check will not run: nobody can be asked. To allow it, use --app');
    expect(stdout).toContain('error: check was not approved: nobody can be asked');
    expect(stdout).toContain('Check did not run: it was not approved.');
    expect(stdout).toContain('Hm.'); // the second `y` is a request, and no answer
    expect(fs.readFileSync(path.join(root, 'a.txt'), 'utf8')).toBe('bad\n');
    expect(hasRun(root)).toBe(false);
  });

  inStress.each([
    ['never', 'The check will not run: the approval policy is never.'],
    ['ask', 'The check will not run: nobody can be asked. To allow it, use --approval auto.'],
  ])('says at the start of -p under %s that it will not run', async (policy, message) => {
    const { root, run } = await scene([write('bad\n'), final('Done.')]);
    const { stderr } = await run(['--approval', policy, ...CHECK, '-p', 'go']);
    expect(stderr).toContain(message);
    expect(hasRun(root)).toBe(false);
  });

  inStress(
    'is given each time: neither settings nor a session that is resumed can bring it',
    async () => {
      const { root, run } = await scene([...MENDED, write('good'), final('Later.')]);
      await run([...AUTO, ...CHECK, '-p', 'go']);
      expect(hasRun(root)).toBe(true);
      fs.rmSync(path.join(root, 'ran'));
      const resumed = await run([...AUTO, '-c', '-p', 'more']);
      expect(resumed.stdout).toBe('Later.\n');
      expect(hasRun(root)).toBe(false);
      const settings = temporaryFolder({
        'mini-coding-agent/config.json': JSON.stringify({ check: 'touch ran' }),
      });
      const { code, stderr } = await run(['-p', 'go'], '', { env: { XDG_CONFIG_HOME: settings } });
      expect(code).toBe(2);
      expect(stderr).toContain('The flag --check is for one run.');
    },
  );
});
