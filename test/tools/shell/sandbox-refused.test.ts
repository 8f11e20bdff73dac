import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { childEnvironment } from '../../../src/tools/shell/environment.ts';
import { openSandbox, type SandboxOptions } from '../../../src/tools/shell/sandbox.ts';
import { outsideFolder, shellProgram } from '../../support/sandbox.ts';
import { temporaryFolder } from '../../support/workspace.ts';

/** Why there can be no sandbox. */
async function refusal(options: Partial<SandboxOptions> & { path?: string }): Promise<string> {
  const { path: PATH = process.env['PATH'], root = temporaryFolder(), ...rest } = options;
  const env = { ...childEnvironment(process.env), PATH };
  return openSandbox({ platform: 'linux', ...rest, root, env, network: false }).then(
    () => 'it is open',
    (error: Error) => `${error.name}: ${error.message}`,
  );
}

it('is refused where bubblewrap is not installed, with what to install', async () => {
  const message = await refusal({ path: outsideFolder() });
  expect(message).toMatch(
    /^SandboxError: The sandbox \(--sandbox\) needs bubblewrap, which is not installed\./,
  );
  expect(message).toContain('apt install bubblewrap');
});

it.each([
  [
    'fails',
    'echo first >&2; echo "bwrap: No permissions here" >&2; exit 1',
    'bwrap: No permissions here',
  ],
  ['fails in silence', 'exit 1', 'it does not say why'],
  ['is ended', 'kill -9 $$', 'it does not say why'],
])('is refused where bubblewrap %s, with its reason', async (_how, commands, reason) => {
  const folder = outsideFolder();
  shellProgram(path.join(folder, 'bwrap'), commands);
  const message = await refusal({ path: folder });
  expect(message).toContain(`installed but cannot run here: ${reason}. Often user namespaces`);
});

it.each([
  ['does nothing', ''],
  ['runs the command as it is', 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"'],
])('is refused where what is called bubblewrap %s', async (_how, commands) => {
  const folder = outsideFolder();
  shellProgram(path.join(folder, 'bwrap'), commands);
  expect(await refusal({ path: folder })).toContain('installed but cannot run here');
});

it('runs no bubblewrap from the repository, however the PATH leads there, but others', async () => {
  const root = temporaryFolder();
  const [link, outside] = [outsideFolder(), outsideFolder()];
  const inside = path.join(root, 'node_modules', '.bin');
  const marker = path.join(outside, 'marker');
  const program = path.join(inside, 'bwrap');
  shellProgram(program, `: > ${marker}`);
  fs.symlinkSync(program, path.join(link, 'bwrap'));
  for (const folder of [inside, link, 'node_modules/.bin', '']) {
    await refusal({ root, path: `${folder}:/nowhere` });
    expect(fs.existsSync(marker), folder).toBe(false);
  }
  fs.copyFileSync(program, path.join(outside, 'bwrap'));
  await refusal({ root, path: `${inside}:${outside}` });
  expect(fs.existsSync(marker)).toBe(true);
});

it.each(['darwin', 'freebsd', 'win32'])('is refused on %s', async (platform) => {
  expect(await refusal({ platform })).toMatch(/^SandboxError: .* not supported on this system yet/);
});

it.each(['/', '/tmp'])(
  'is refused for %s as a workspace, which would show what is hidden',
  async (root) => {
    expect(await refusal({ root })).toMatch(
      /^SandboxError: .* holds your home folder or system folders/,
    );
  },
);
