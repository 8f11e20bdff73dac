import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { longCommand, namedPipe } from '../support/named-pipe.ts';
import { transcriptOf } from '../support/conversation.ts';
import { final, toolCall, type ScriptedReply } from '../support/ollama-server.ts';
import { scene } from '../support/program.ts';
import { inStress, some } from '../support/stress.ts';
import { onlySessionIn } from './session-files.ts';

const lastRecord = (root: string) => onlySessionIn(root).records.at(-1);

const SIGNALS: [signal: NodeJS.Signals, exitCode: number, reply: ScriptedReply][] = [
  ['SIGINT', 130, { silent: true }],
  ['SIGTERM', 143, { silent: true }],
  ['SIGHUP', 129, { text: 'Well, ', stall: true }],
];

describe('one request', () => {
  it.each(some(1, SIGNALS))(
    'is stopped by %s with exit code %i: the server is hung up on (%j)',
    async (signal, exitCode, reply) => {
      const { root, server, start } = await scene([reply]);
      const program = start(['hi']);
      const call = await server.arrived(0);
      program.child.kill(signal);
      await call.closed;
      expect(await program.ended).toMatchObject({ code: exitCode, stdout: '' });
      expect(lastRecord(root)).toMatchObject({ type: 'assistant', reason: 'interrupted' });
    },
  );

  inStress('ends by SIGTERM with a running command and all it has started', async () => {
    const pipe = namedPipe();
    const { root, server, start } = await scene([longCommand(pipe)]);
    const program = start(['--approval', 'auto', 'wait']);
    await pipe.written;
    program.child.kill('SIGTERM');
    await pipe.released;
    expect((await program.ended).code).toBe(143);
    expect(server.calls).toHaveLength(1);
    const { records } = onlySessionIn(root);
    expect(records.at(-2)).toMatchObject({ type: 'tool', name: 'run_shell', ok: false });
    expect(records.at(-1)).toMatchObject({ reason: 'interrupted' });
  });
});

describe('an interrupt', () => {
  it('at the approval question denies, and nothing runs', async () => {
    const write = toolCall('write_file', { path: 'a.txt', content: 'x' });
    const { root, start } = await scene([write]);
    const program = start(['write']);
    await program.shows('Allow write_file a.txt?');
    program.child.kill('SIGINT');
    expect((await program.ended).code).toBe(130);
    expect(fs.existsSync(path.join(root, 'a.txt'))).toBe(false);
    expect(lastRecord(root)).toMatchObject({ reason: 'interrupted' });
  });

  inStress('in the conversation drops no piped line: the next one is asked', async () => {
    const { server, start } = await scene([{ text: 'Well, ', stall: true }, final('Two.')]);
    const program = start([]);
    program.child.stdin.end('first\nsecond\n');
    const call = await server.arrived(0);
    program.child.kill('SIGINT');
    await call.closed;
    const { code, stdout } = await program.ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/Interrupted\.\n\nmini-coding-agent> second\nTwo\.\n/);
    expect(stdout).not.toContain('dropped');
  });

  inStress('in the conversation stops the request and keeps the conversation', async () => {
    const pipe = namedPipe();
    const { root, server, start } = await scene([
      { text: 'Well, ', stall: true },
      longCommand(pipe),
      final('Here again.'),
    ]);
    const program = start(['--approval', 'auto']);
    program.child.stdin.write('first\n');
    const call = await server.arrived(0);
    program.child.kill('SIGINT');
    await call.closed;
    await program.shows(/Interrupted\.\n\nmini-coding-agent> $/);
    program.child.stdin.write('second\n');
    await pipe.written;
    program.child.kill('SIGINT');
    await pipe.released;
    await program.shows(/(Interrupted\.\n\nmini-coding-agent> [\s\S]*){2}$/);
    program.child.stdin.end('third\n');
    const { code, stdout } = await program.ended;
    expect(code).toBe(0);
    expect(stdout).toContain('Here again.\n');
    const ends = onlySessionIn(root).records.filter(({ type }) => type === 'assistant');
    expect(ends.map(({ reason }) => reason)).toEqual(['interrupted', 'interrupted', 'answer']);
    const transcript = transcriptOf(server.calls[2]?.prompt ?? '');
    // Whether the beginning had arrived by then depends on timing.
    expect(transcript).toMatch(
      /^\[user\] first\n\[assistant\] (?:Well,.*)?\n\[user\] The user interrupted you here\.\n\nRequest: second\n/,
    );
    expect(transcript).toMatch(/\(empty\)\n\nThe user interrupted you here\.\n\nRequest: third$/);
  });

  it.each(
    some(1, [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const),
  )('by %s at the prompt leaves', async (signal, exitCode) => {
    const { start } = await scene();
    const program = start([]);
    await program.shows('mini-coding-agent> ');
    program.child.kill(signal);
    expect((await program.ended).code).toBe(exitCode);
  });

  inStress('ends --print while it still waits for piped input', { timeout: 5_000 }, async () => {
    const { start } = await scene();
    const program = start(['-p', 'summarise']);
    // Its handlers are installed before it reads, and it empties the pipe at once.
    await new Promise<void>((resolve) => {
      program.child.stdin.write('x'.repeat(1024 * 1024), () => resolve());
    });
    program.child.kill('SIGTERM');
    expect((await program.ended).code).toBe(143);
  });
});
