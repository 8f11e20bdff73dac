/** Shows, without polling, that a command runs and that everything it started has ended. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { toolCall } from './ollama-server.ts';
import { temporaryFolder } from './workspace.ts';

export interface Pipe {
  path: string;
  /** Settles when something has been written to it. */
  written: Promise<void>;
  /** Settles when no process has its writing end open any more. */
  released: Promise<void>;
}

/** Makes a named pipe. It ends when a command and the children that have it open are gone. */
export function namedPipe(): Pipe {
  const pipe = path.join(temporaryFolder(), 'pipe');
  execFileSync('mkfifo', [pipe]);
  const stream = fs.createReadStream(pipe);
  onTestFinished(() => {
    // Where no command has opened it, opening it for reading still waits for a writer.
    const fd = fs.openSync(pipe, fs.constants.O_RDWR | fs.constants.O_NONBLOCK);
    stream.destroy();
    fs.closeSync(fd);
  });
  const written = new Promise<void>((resolve) => stream.once('data', () => resolve()));
  const released = new Promise<void>((resolve) => stream.once('end', () => resolve()));
  return { path: pipe, written, released };
}

/** A command that reports that it runs, and then keeps running with a child process. */
export function longCommand(pipe: Pipe): string {
  return toolCall('run_shell', {
    command: `exec 3>'${pipe.path}'; echo running >&3; sleep 300 & sleep 300`,
    timeout: 120,
  });
}
