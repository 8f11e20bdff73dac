/** What the name of a file tells about the text in it. */
import path from 'node:path';

/** Formats that people read as they are. */
const PROSE = ['adoc', 'asciidoc', 'markdown', 'md', 'mdc', 'mdx', 'qmd', 'rmd', 'rst', 'txt'];

/** In lower case, without the dot; that of `.env` is `env`. Empty where a name has none. */
export function extensionOf(file: string): string {
  return /\.(\w+)$/.exec(path.basename(file))?.[1]?.toLowerCase() ?? '';
}

/**
 * Whether a file is text for people: by its extension, or a name such as README.
 * @param others extensions that count besides
 */
export function isProse(file: string, others: ReadonlySet<string>): boolean {
  const extension = extensionOf(file);
  const isText = PROSE.includes(extension) || others.has(extension);
  return isText || /^[A-Z]+$/.test(path.basename(file));
}
