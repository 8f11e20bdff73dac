/**
 * Loaded before the program: it is killed (-9) just before the step of this number, of those that
 * write, sync or rename since it recorded the model's reply.
 */
import fs from 'node:fs';

const at = Number(process.env['MCA_KILL_AT']);
let step = 0;
let hasBegun = false;

function note() {
  if (hasBegun && ++step === at) process.kill(process.pid, 'SIGKILL');
}

for (const name of ['openSync', 'writeSync', 'fsync', 'fsyncSync', 'renameSync', 'rmSync']) {
  const real = fs[name];
  fs[name] = (...args) => {
    note();
    const result = real(...args);
    if (name === 'writeSync') hasBegun ||= String(args[1]).includes('"type":"model"');
    return result;
  };
}
