import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { final, toolCall } from '../support/ollama-server.ts';
import { systemOf, transcriptOf } from '../support/conversation.ts';
import { scene } from '../support/program.ts';
import { inStress } from '../support/stress.ts';
import { sessionsIn } from './session-files.ts';

const toolsIn = (prompt = '') => prompt.match(/(?<=^- )\w+(?=\()/gm);

describe('a delegate', () => {
  it('looks into a question with tools that read, and reports in words', async () => {
    const { root, server, run } = await scene(
      [
        toolCall('read_file', { path: 'parent.txt' }),
        toolCall('delegate', { task: 'What is in a.txt?', max_steps: 2 }),
        toolCall('read_file', { path: 'a.txt' }),
        final('It holds an apple.'),
        final('An apple.'),
      ],
      { 'a.txt': 'apple\n', 'parent.txt': 'what the parent has seen\n' },
    );
    const { code, stdout, stderr } = await run(['what', 'fruit?']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'An apple.\n' });
    expect(stderr).toContain('\n• delegated "What is in a.txt?"\n  • read a.txt · 1 line\n');

    const child = server.calls[2]?.prompt ?? '';
    expect(child).toContain('what the parent has seen');
    expect(systemOf(child)).toMatch(/^[^\n]+\n\nYou help another agent and can only read/);
    expect(transcriptOf(child)).toMatch(
      /^\[user\] From the agent that you help: it works on: what fruit\? .*\n\nRequest: What is in a\.txt\?$/,
    );
    expect(toolsIn(child)).toEqual(['list_files', 'read_file', 'search']);
    expect(toolsIn(server.calls[0]?.prompt)).toContain('delegate');
    expect(server.calls[4]?.prompt).toContain(
      'Result of delegate:\ndelegate_result:\nIt holds an apple.',
    );

    const [parent, ...others] = sessionsIn(root).toSorted(
      (a, b) =>
        Number(a.records[0]?.['parent'] !== null) - Number(b.records[0]?.['parent'] !== null),
    );
    expect(others.map(({ records }) => records[0])).toEqual([
      expect.objectContaining({ type: 'session', parent: parent?.id }),
    ]);
  });

  it('cannot call a tool that writes under any policy', async () => {
    const calls = {
      run_shell: { command: 'touch hacked' },
      write_file: { path: 'hacked', content: '' },
      patch_file: { path: 'a.txt', old_text: 'apple', new_text: 'pear' },
      delegate: { task: 'delete a.txt' },
    };
    const tries = Object.entries(calls).map(([name, args]) => toolCall(name, args));
    const begin = toolCall('delegate', { task: 'x', max_steps: 9 });
    const script = [begin, ...tries, final('No.'), final('Done.')];
    const { server, run, root } = await scene(script, { 'a.txt': 'apple\n' });
    expect((await run(['--approval', 'auto', 'go'])).code).toBe(0);
    for (const name of Object.keys(calls)) {
      expect(server.calls[5]?.prompt).toContain(`error: there is no tool ${name}`);
    }
    expect(fs.readdirSync(root)).not.toContain('hacked');
    expect(sessionsIn(root)).toHaveLength(2);
  });

  inStress('that has no answer at its limit is an error for its parent', async () => {
    const { server, run } = await scene([
      toolCall('delegate', { task: 'x', max_steps: 1 }),
      toolCall('list_files'),
      toolCall('list_files'),
      final('I could not find out.'),
    ]);
    expect(await run(['go'])).toMatchObject({ code: 0, stdout: 'I could not find out.\n' });
    expect(server.calls[3]?.prompt).toContain(
      'error: delegate failed: Stopped at the step limit (1)',
    );
  });
});
