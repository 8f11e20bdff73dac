import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { checkTool } from '../../src/tools/check.ts';
import { SH } from '../../src/tools/shell/shell.ts';
import { openSandbox } from '../../src/tools/shell/sandbox.ts';
import { childEnvironment } from '../../src/tools/shell/environment.ts';
import { hasBubblewrap, outsideFolder } from '../support/sandbox.ts';
import { never, temporaryRepository, toolContext } from '../support/workspace.ts';

const root = () => temporaryRepository();

/** What the model is told of a check. */
async function check(command: string, folder = root(), sandbox?: Parameters<typeof checkTool>[1]) {
  const { text } = await checkTool(SH, sandbox)
    .prepare({ command })
    .run(
      { ...toolContext(folder), env: childEnvironment({ ...process.env, MY_TOKEN: 'x' }) },
      never,
    );
  return text;
}

it('a check shows the last lines of both streams, each whole, and says that there were more', async () => {
  expect(await check('echo one; echo two >&2; exit 3')).toBe(
    'exit_code: 3\nstdout:\none\nstderr:\ntwo',
  );
  const text = await check('seq 5000; seq 5000 >&2; exit 3');
  expect(text).toMatch(/^exit_code: 3\nstdout:\n\.\.\.\[earlier lines left out\]\.\.\.\n\d{4}\n/);
  expect(text).toMatch(
    /\n5000\nstderr:\n\.\.\.\[earlier lines left out\]\.\.\.\n\d{4}\n[^]*\n5000$/,
  );
  expect(text.length).toBeLessThan(2_060);
  expect(await check(`seq -s , 2000`)).toMatch(
    /left out\]\.\.\.\n[\d,]{1900,},2000\nstderr:\n\(empty\)$/,
  );
});

it('a check sees no secret of the environment', async () => {
  expect(await check('env')).not.toContain('MY_TOKEN');
});

it.runIf(hasBubblewrap)('a check runs in the sandbox, where there is one', async () => {
  const [folder, outside] = [root(), path.join(outsideFolder(), 'made')];
  const sandbox = await openSandbox({ root: folder, env: process.env, network: false });
  expect(await check(`touch made; touch ${outside}`, folder, sandbox)).toMatch(/^exit_code: 1\n/);
  expect(fs.existsSync(path.join(folder, 'made'))).toBe(true);
  expect(fs.existsSync(outside)).toBe(false);
});
