/** The files of src and what each imports: what the tests of the architecture read, and its picture. */
import fs from 'node:fs';
import path from 'node:path';

const SRC = path.resolve(import.meta.dirname, '../../src');

/** One import of a file. */
export interface Import {
  /** Relative to src, or the name of a package. */
  target: string;
  isPackage: boolean;
  typeOnly: boolean;
}

/** A file of src. */
export interface Source {
  /** Relative to src. */
  file: string;
  text: string;
  /** Without comments. */
  code: string;
  lines: number;
  imports: Import[];
}

/** Static and dynamic imports and re-exports; the clause between keyword and `from` tells types. */
const IMPORT =
  /\b(?:import|export)\s+(type\s)?(?:[\w$*{},\s]+?\sfrom\s*)?'([^']+)'|\bimport\(\s*'([^']+)'/g;

/** Reads all files of src. */
export function readSources(): Source[] {
  return fs
    .readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .toSorted()
    .map(readSource);
}

function readSource(file: string): Source {
  const text = fs.readFileSync(path.join(SRC, file), 'utf8');
  const code = text.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*/g, '');
  const imports = [...code.matchAll(IMPORT)].map(([, type, static_, dynamic]) => {
    const name = static_ ?? dynamic ?? '';
    const isPackage = !name.startsWith('.');
    const target = isPackage ? name : path.join(path.dirname(file), name);
    return { target, isPackage, typeOnly: type !== undefined };
  });
  return { file, text, code, lines: text.split('\n').length - 1, imports };
}
