/** What the disk for temporary files takes for a name: tests that need another one are skipped. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Whether names that differ only in case are two, as on most disks of Linux and few of macOS. */
export const tellsCaseApart = makes(['a', 'A']);

/** Whether a name may be bytes that are not UTF-8. */
export const takesAnyBytes = makes([Buffer.from([0xff])]);

/** Whether each of these names becomes a file of its own. */
function makes(names: (string | Buffer)[]): boolean {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mca-test-'));
  try {
    for (const name of names) {
      fs.writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name)]), '');
    }
    return fs.readdirSync(folder, 'buffer').length === names.length;
  } catch {
    return false;
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}
