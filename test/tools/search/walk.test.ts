import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { expect, it } from 'vitest';
import { searchByWalking } from '../../../src/tools/search/walk.ts';
import { find } from '../../support/search.ts';
import { temporaryFolder } from '../../support/workspace.ts';
import { ToolError } from '../../../src/tools/tool-error.ts';

it('stops a pattern that backtracks without end, and tells the model', async () => {
  const root = temporaryFolder({ 'a.txt': `${'a'.repeat(50)}!\n` });
  const search = find(searchByWalking, root, '^(a+)+$');
  await expect(search).rejects.toThrow(
    new ToolError('the pattern takes too long to match; use a simpler one'),
  );
});

it('numbers lines correctly beyond the first megabyte, and keeps characters whole there', async () => {
  const root = temporaryFolder({ 'big.txt': `${'é\n'.repeat(700_000)}the end é\n` });
  expect(await find(searchByWalking, root, 'end')).toBe('big.txt:700001:the end é');
});

it('skips a file of more than 20 MiB, which is data', async () => {
  const root = temporaryFolder({ 'a.txt': 'apple\n', 'data.txt': 'x'.repeat(21_000_000) });
  expect(await find(searchByWalking, root, 'apple|x')).toBe('a.txt:1:apple');
});

it('does not wait for a FIFO, in the tree or named directly', async () => {
  const root = temporaryFolder({ 'a.txt': 'apple\n' });
  execFileSync('mkfifo', [path.join(root, 'fifo')]);
  expect(await find(searchByWalking, root, 'apple')).toBe('a.txt:1:apple');
  expect(await find(searchByWalking, root, 'apple', { path: 'fifo' })).toBe('(no matches)');
});
