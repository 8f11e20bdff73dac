/** What the name of a file says about the text in it. */
import path from 'node:path';

/** Formats that people read as they are. */
const PROSE = ['adoc', 'asciidoc', 'markdown', 'md', 'mdc', 'mdx', 'qmd', 'rmd', 'rst', 'txt'];

/** The extension in lower case, without the dot; `env` for `.env`, empty where there is none. */
export function extensionOf(file: string): string {
  return /\.(\w+)$/.exec(path.basename(file))?.[1]?.toLowerCase() ?? '';
}

/**
 * Whether a file is text for people: by its extension, or a name such as README.
 * @param others more extensions that count as such text
 */
export function isProse(file: string, others: ReadonlySet<string>): boolean {
  const extension = extensionOf(file);
  const isText = PROSE.includes(extension) || others.has(extension);
  return isText || /^[A-Z]+$/.test(path.basename(file));
}
