/** The real Python of this machine. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';

/** What Python prints of an expression; it may use `sys`. */
export const pythonSays = (expression: string): string =>
  execFileSync('python3', ['-I', '-S', '-c', `import sys; print(${expression})`], {
    encoding: 'utf8',
    cwd: '/',
  }).trim();

/** A PATH that leads to Python itself, without the time that a version manager takes. */
export const pythonPath = (): string =>
  `${path.dirname(pythonSays('sys.executable'))}:${process.env['PATH']}`;
