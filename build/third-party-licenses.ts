/**
 * `tsx build/third-party-licenses.ts METAFILE OUTPUT`, in the folder where esbuild ran: writes the
 * licenses of the packages that the bundle contains, which have to go where their code goes. It fails
 * where a package comes without the text of its license.
 */
import fs from 'node:fs';
import path from 'node:path';

/** The part of esbuild's metafile that is read: inputs by their paths, relative to where it ran. */
interface Metafile {
  inputs: Record<string, unknown>;
}

/** The folder of the innermost package that a file is in. */
const PACKAGE = /^.*\bnode_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;
const LICENSE = /^(?:licen[cs]e|copying)(?:-\w+)?(?:\.(?:md|txt))?$/i;
/** Some licenses, such as Apache's, ask to keep it. */
const NOTICE = /^notice(?:\.(?:md|txt))?$/i;

const [metafile = '', output = ''] = process.argv.slice(2);
const { inputs } = JSON.parse(fs.readFileSync(metafile, 'utf8')) as Metafile;
const folders = new Set(Object.keys(inputs).flatMap((file) => PACKAGE.exec(file)?.[0] ?? []));
const sections = [...folders].map(sectionOf).toSorted();
fs.writeFileSync(output, sections.join(`\n${'-'.repeat(80)}\n\n`));

function sectionOf(folder: string): string {
  const read = (name: string) => fs.readFileSync(path.join(folder, name), 'utf8').trim();
  const { name, version, license } = JSON.parse(read('package.json')) as Record<string, string>;
  const names = fs.readdirSync(folder);
  const licenses = names.filter((each) => LICENSE.test(each));
  if (licenses.length === 0) throw new Error(`${name} ${version} has no license text in ${folder}`);
  const texts = [...licenses, ...names.filter((each) => NOTICE.test(each))].map(read);
  return `${name} ${version} (${license})\n\n${texts.join('\n\n')}\n`;
}
