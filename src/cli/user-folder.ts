/** The folders of a person for settings and the like, as the XDG specification has them. */
import os from 'node:os';
import path from 'node:path';

/**
 * Our folder of one kind, which need not exist: in the one that the environment names, as long as
 * that is an absolute path, or in the home folder. It never depends on the current folder.
 * @param named what the variable for this kind holds
 * @param usual its place in the home folder
 */
export function userFolder(named: string | undefined, usual: string): string {
  const folder = named && path.isAbsolute(named) ? named : path.resolve('/', home(), usual);
  return path.join(folder, 'mini-coding-agent');
}

/** A path as the person wrote it, with `~/` at its beginning as their home folder. */
export function fromHome(name: string): string {
  return name.replace(/^~(?=\/)/, () => os.homedir());
}

/** Empty for a user without an entry in the user database. */
function home(): string {
  try {
    return os.homedir();
  } catch {
    return '';
  }
}
