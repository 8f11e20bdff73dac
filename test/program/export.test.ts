import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { final, toolCall } from '../support/ollama-server.ts';
import { scene } from '../support/program.ts';
import { some } from '../support/stress.ts';
import { sessionsIn } from './session-files.ts';

describe('--export', () => {
  it('writes a session as a page or as Markdown, with its delegate, and asks no server', async () => {
    const { root, server, run } = await scene(
      [
        toolCall('delegate', { task: 'What is in a.txt?', max_steps: 2 }),
        final('It holds an apple.'),
        final('An <b>apple</b>.'),
        final('Again.'),
      ],
      { 'a.txt': 'apple\n' },
    );
    await run(['what fruit?']);
    await run(['--resume', 'latest', 'and now?']);
    const asked = server.paths.length;
    const exported = await run(['--export', 'latest', 'page.html']);
    expect(exported).toMatchObject({
      code: 0,
      stdout: `Written to ${path.join(root, 'page.html')}\n`,
      stderr: '',
    });
    const page = fs.readFileSync(path.join(root, 'page.html'), 'utf8');
    const inOrder = /Request 1<[^]*<h6>Call 1\.1<[^]*<h4>Call 2<[^]*Session resumed[^]*Request 2</;
    expect(page).toMatch(inOrder);
    expect(page).toContain('An &#60;b&#62;apple');
    const [id = ''] = sessionsIn(root)
      .filter(({ records }) => records[0]?.['parent'] === null)
      .map((session) => session.id);
    expect((await run(['--export', id, 'out.md'])).code).toBe(0);
    expect(fs.readFileSync(path.join(root, 'out.md'), 'utf8')).toContain('## Request\n\nand now?');
    expect(server.paths).toHaveLength(asked);

    const wrong = [
      [['latest', 'page.html'], 'page.html already exists; choose another name.'],
      [['latest', 'no/page.html'], 'no/page.html cannot be written: there is no such folder.'],
      [['7', 'x.html'], 'There is no session 7: the list has 1.'],
      [[id.replace(/.{6}$/, '000000'), 'x.html'], 'No session '],
      [['latest'], "option '--export' takes a session and a file"],
      [['latest', 'x.html', 'y.html'], "option '--export' takes a session and a file"],
    ] as const;
    for (const [args, why] of some(2, wrong)) {
      const { code, stderr } = await run(['--export', ...args]);
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(why) });
    }
    expect(fs.readdirSync(root)).not.toContain('x.html');
  });

  it('says so where there is no session', async () => {
    const { run } = await scene();
    const { code, stderr } = await run(['--export', 'latest', 'x.html']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'mini-coding-agent: There is no session to export. There are no sessions yet.\n',
    });
  });
});
