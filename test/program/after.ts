/** What the model's replies lead to, in a repository and in what the model is told. */
import fs from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { final } from '../support/ollama-server.ts';
import { scene } from '../support/program.ts';

/** Lets the model make these replies in order, and returns what it was told about the last. */
export async function after(replies: string[], files: Record<string, string> = {}, input = '') {
  const { root, server, run } = await scene([...replies, final('Done.')], files);
  const policy = input === '' ? 'auto' : 'ask';
  const { code, stderr } = await run(['--approval', policy, '--max-steps', '20', 'go'], input);
  expect(code).toBe(0);
  const read = (name: string) => fs.readFileSync(path.join(root, name), 'utf8');
  return { root, stderr, read, told: server.calls.at(-1)?.prompt ?? '' };
}
