/** What a running process holds, as /proc tells it. */
import fs from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** Memory, descriptors and children of a process, from /proc; undefined without it. */
function stateOf(pid: number, root: string) {
  if (!fs.existsSync(`/proc/${pid}/status`)) return undefined;
  const [, rss = ''] =
    /^VmRSS:\s*(\d+) kB/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  const fds = fs.readdirSync(`/proc/${pid}/fd`).length;
  const others = fs
    .readdirSync('/proc')
    .map(Number)
    .filter((other) => other > 0 && other !== pid);
  const children = others.filter((other) => isChild(other, pid, root));
  return { mib: Number(rss) / 1024, fds, children };
}

/** A child of the program, or a process it left behind, which its working folder shows. */
function isChild(other: number, pid: number, root: string): boolean {
  try {
    const stat = fs.readFileSync(`/proc/${other}/stat`, 'utf8');
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    return parent === pid || fs.readlinkSync(`/proc/${other}/cwd`).startsWith(root);
  } catch {
    return false; // it has ended, or is another user's
  }
}

/** The state once every child has ended, or has had 5 seconds to end. */
export async function settledState(pid: number, root: string) {
  for (let tries = 0; tries < 50; tries++) {
    if (stateOf(pid, root)?.children.length === 0) break;
    await delay(100);
  }
  return stateOf(pid, root);
}
