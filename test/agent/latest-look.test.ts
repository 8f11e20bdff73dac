import { expect, it } from 'vitest';
import { takeSnapshot } from '../../src/workspace/snapshot.ts';
import { startScripted } from '../support/agent.ts';
import { temporaryFolder } from '../support/workspace.ts';

it('tells of the workspace as it is, also where nobody has looked yet', async () => {
  const root = temporaryFolder();
  const snapshot = await takeSnapshot(root, process.env);
  const { agent } = await startScripted([], {
    root,
    snapshot: { ...snapshot, status: 'not asked yet' },
    look: () => Promise.resolve({ ...snapshot, status: 'looked at' }),
  });
  await agent.looked(new AbortController().signal);
  expect(JSON.stringify(agent.reportPrompt())).toContain('status: looked at');
});
