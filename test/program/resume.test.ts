import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { final, toolCall } from '../support/ollama-server.ts';
import { transcriptOf } from '../support/conversation.ts';
import { scene } from '../support/program.ts';
import { inStress, some } from '../support/stress.ts';
import { onlySessionIn, sessionsIn } from './session-files.ts';

const NO_SUCH_ID = '20200101-000000-abcdef';

describe('resuming', () => {
  it('in each of its forms continues where the session ended, in transcript and memory', async () => {
    const write = toolCall('write_file', { path: 'a.txt', content: 'x' });
    const { root, server, run } = await scene([write, final('Wrote it.')]);
    await run(['--approval', 'auto', 'write a.txt']);
    const { id } = onlySessionIn(root);
    const forms = some(1, [['--resume', id], ['-c'], ['--resume', 'latest']]);
    for (const how of forms) {
      server.push(final('a.txt.'));
      expect(await run([...how, 'which', 'file?'])).toMatchObject({ code: 0, stdout: 'a.txt.\n' });
      const prompt = server.calls.at(-1)?.prompt ?? '';
      expect(transcriptOf(prompt)).toMatch(
        /^\[user\] write a\.txt\n\[assistant\] <tool>.*\n\[user\] Result of write_file:\nwrote a\.txt \(1 chars\)\n\[assistant\] <final>Wrote it\.<\/final>\n.*which file\?$/s,
      );
    }
    expect(onlySessionIn(root).records.filter(({ type }) => type === 'user')).toHaveLength(
      1 + forms.length,
    );
  });

  inStress('in the conversation says so, and works from any folder of the repository', async () => {
    const { run } = await scene([final('First.')], { 'sub/a': '' });
    await run(['the task']);
    const { stdout } = await run(['--cwd', 'sub', '-c'], '/memory\n');
    expect(stdout).toContain('(resumed)');
    expect(stdout).toContain('- task: the task\n');
  });

  inStress('the latest takes the session last written to, and never a delegate', async () => {
    const delegate = toolCall('delegate', { task: 'look around' });
    const { root, server, run } = await scene([], {}, { whenEmpty: () => final('Yes.') });
    server.push(delegate, final('Looked.'), final('Done.'));
    await run(['older']);
    const [child] = sessionsIn(root).filter(({ records }) => records[0]?.['parent'] !== null);
    const [older] = sessionsIn(root).filter(({ records }) => records[0]?.['parent'] === null);
    await run(['newer']);
    await run(['--resume', older?.id ?? '', 'older again']);
    const future = Date.now() / 1000 + 60;
    fs.utimesSync(child?.path ?? '', future, future);
    await run(['-c', 'which?']);
    const transcript = transcriptOf(server.calls.at(-1)?.prompt ?? '');
    expect(transcript).toMatch(/^\[user\] older\n.*older again\n.*which\?$/s);
  });

  inStress('latest starts a new session and says so when there is none', async () => {
    const { root, run } = await scene([final('Hello.')]);
    const { code, stdout, stderr } = await run(['-c', 'hi']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Hello.\n' });
    expect(stderr).toContain('No session to resume');
    onlySessionIn(root);
  });

  inStress('refuses an invalid or unknown id, and lists the sessions there are', async () => {
    const { root, server, run } = await scene([final('Hello.')]);
    await run(['hi']);
    for (const id of ['../../etc/passwd', NO_SUCH_ID]) {
      const { code, stdout, stderr } = await run(['--resume', id, 'hi']);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain(id);
      expect(stderr).toContain(onlySessionIn(root).id);
    }
    expect(server.calls).toHaveLength(1);
  });

  inStress('a session of another workspace is refused', async () => {
    const { root, run } = await scene([final('Hello.')]);
    await run(['hi']);
    const { id, path: file } = onlySessionIn(root);
    const elsewhere = await scene();
    const folder = path.join(elsewhere.root, '.mini-coding-agent', 'sessions');
    fs.mkdirSync(folder, { recursive: true });
    fs.copyFileSync(file, path.join(folder, `${id}.jsonl`));
    const { code, stderr } = await elsewhere.run(['--resume', id, 'hi']);
    expect(code).toBe(2);
    expect(stderr).toContain(`belongs to another workspace, ${root}`);
  });

  inStress(
    'a session that another process has open is refused until that process has ended',
    async () => {
      const { root, server, run, start } = await scene([final('Hello.')]);
      const holder = start([]);
      holder.child.stdin.write('hi\n');
      await holder.shows('Hello.');
      const { id } = onlySessionIn(root);
      const { code, stderr } = await run(['--resume', id, 'me too']);
      expect(code).toBe(2);
      expect(stderr).toContain(`${id} is in use by process ${holder.child.pid}`);
      holder.child.kill('SIGKILL'); // it has no time to release its lock
      await holder.ended;
      server.push(final('Hello again.'));
      expect(await run(['--resume', id, 'now'])).toMatchObject({
        code: 0,
        stdout: 'Hello again.\n',
      });
    },
  );

  inStress(
    'skips what is damaged or unknown, says so, and continues after what is whole',
    async () => {
      const { root, server, run } = await scene([final('One.'), final('Two.')]);
      await run(['first']);
      const { path: file } = onlySessionIn(root);
      fs.appendFileSync(file, '{"type":"user","conte\0\n{"type":"mood","content":"good"}\n');
      const whole = fs.readFileSync(file, 'utf8');
      fs.appendFileSync(file, '{"type":"user","content":"torn, ');
      fs.writeFileSync(path.join(path.dirname(file), '29990101-000000-ffffff.jsonl'), '\0\n');
      const { code, stderr } = await run(['-c', 'second']);
      expect(code).toBe(0);
      expect(stderr).toMatch(/damaged: 1 unreadable line skipped, .*cut short.*\n/);
      expect(transcriptOf(server.calls[1]?.prompt ?? '')).toMatch(/^\[user\] first\n.*second$/s);
      expect(server.calls[1]?.prompt).not.toContain('torn');
      const after = fs.readFileSync(file, 'utf8');
      expect(after.startsWith(`${whole}{"type":"resume"`)).toBe(true);
    },
  );
});
