import { expect, it } from 'vitest';
import { runProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/workspace.ts';

/** As on Windows, as far as the program asks. */
const WINDOWS = 'Object.defineProperty(process, "platform", { value: "win32" })';

it('on Windows one line says where it runs instead', async () => {
  const env = { NODE_OPTIONS: `--import="data:text/javascript,${encodeURIComponent(WINDOWS)}"` };
  expect(await runProgram(['hi'], { cwd: temporaryFolder(), env })).toEqual({
    code: 2,
    stdout: '',
    stderr:
      'mini-coding-agent: Windows is not supported. Run it in WSL: https://learn.microsoft.com/windows/wsl\n',
  });
});
