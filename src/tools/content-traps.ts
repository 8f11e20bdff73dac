/**
 * Text that no model means to write into a file: it belongs to the format of the reply, or stands for
 * text that the file has already. It is refused with the reason, never mended.
 */
import { extensionOf, isProse } from './file-kinds.ts';
import { placeholderIn } from './placeholder-lines.ts';
import { ToolError } from './tool-error.ts';

/** A text that a call would write. */
export interface WrittenText {
  /** The name of the argument. */
  arg: string;
  text: string;
  /** The file, as the model names it. */
  path: string;
  /** What the text replaces: the whole file or a passage of it; undefined if nothing is known. */
  replaced?: string | undefined;
  /** The text is only for a passage of the file. */
  isPassage?: boolean;
}

const ENTITY = /&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,6}|#x[\da-f]{1,6});/i;

/** @throws ToolError if a command is escaped for XML: to a shell `&amp;&amp;` is something else */
export function refuseXml(command: string): void {
  if (/^\s*<!\[CDATA\[/.test(command)) {
    throw new ToolError('command: it is wrapped in <![CDATA[…]]>: write the command alone');
  }
  const entity = ENTITY.exec(command)?.[0];
  if (entity === undefined) return;
  throw new ToolError(
    `command: it contains ${entity}, which a shell does not decode: write the character itself ` +
      '(where the command needs the entity, write a script file and run that)',
  );
}

/** @throws ToolError if the text is wrapped or escaped */
export function refuseWrapped(written: WrittenText): void {
  const problem = wrappedInCdata(written) ?? wrappedInFence(written) ?? escapedWhole(written);
  if (problem !== undefined) throw new ToolError(`${written.arg}: ${problem}`);
}

/** @throws ToolError if a line of the text stands for lines of what it replaces */
export function refuseAbridged({ arg, text, replaced, isPassage = false }: WrittenText): void {
  if (replaced === undefined) return;
  const placeholder = placeholderIn(text, replaced, isPassage);
  if (placeholder === undefined) return;
  const rest = isPassage
    ? 'new_text replaces all of old_text'
    : 'content replaces the whole file (to change a part, use patch_file)';
  throw new ToolError(
    `${arg}: "${placeholder}" would land in the file instead of what it stands for: ${rest}`,
  );
}

const MARKUP: ReadonlySet<string> = new Set(
  'htm html rdf rss svg vue xhtml xml xsd xsl xslt'.split(' '),
);

function wrappedInCdata({ text, path: file, isPassage }: WrittenText): string | undefined {
  const trimmed = text.trim();
  if (!trimmed.startsWith('<![CDATA[') || !trimmed.endsWith(']]>')) return undefined;
  if (isPassage && MARKUP.has(extensionOf(file))) return undefined;
  return 'it is wrapped in <![CDATA[…]]>, which would land in the file: leave it out';
}

/** Formats, besides prose, in which the whole file may be in a code fence. */
const TEMPLATES: ReadonlySet<string> = new Set('hbs j2 jinja mustache prompt snap tmpl'.split(' '));

function wrappedInFence({ text, path: file, isPassage }: WrittenText): string | undefined {
  if (isPassage) return undefined; // patch/stray-notation.ts looks at what is written
  const trimmed = text.trim();
  const mark = /^(?:```|~~~)/.exec(trimmed)?.[0];
  if (mark === undefined || !trimmed.includes('\n')) return undefined;
  const isWhole = new RegExp(`\\n[ \\t]*${mark}$`).test(trimmed.slice(-40));
  if (!isWhole || isProse(file, TEMPLATES)) return undefined;
  return `it is wrapped in a code fence (${mark}), which would land in the file: leave it out`;
}

/** Formats in which `\n` is written for a line end, or a word may begin with it, as in LaTeX. */
const WITH_ESCAPES: ReadonlySet<string> = new Set(
  'bib cfg conf env ini latex pem po properties sty tex'.split(' '),
);

/** What may have `\n` in it: code escapes line ends in strings and patterns. */
const QUOTED = new RegExp(
  [
    // strings, with a prefix of Python or Rust or without
    String.raw`(?<![\p{L}\p{N}])(?:[bfru]{1,2})?(?:"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')`,
    // templates
    '`[^`]*`',
    // regular expressions, where a value may begin, and those of sed
    String.raw`(?<=[(,=:[!&|?{};]\s?|return |default |\bs)\/(?:\\.|[^/\\\n])+\/`,
    // paths of Windows, and a backslash that is escaped itself
    String.raw`(?:(?<![\p{L}\p{N}])[A-Z]:|(?<!\S)\.{1,2})\\\S*`,
    String.raw`\\\\`,
  ].join('|'),
  'giu',
);
/** Only the start of a longer line is looked at. */
const LINE_CHARS = 10_000;

function escapedWhole({ text, path: file, isPassage }: WrittenText): string | undefined {
  const line = text.trim();
  if (isPassage || line.includes('\n')) return undefined;
  if (!line.includes('\\n') || WITH_ESCAPES.has(extensionOf(file))) return undefined;
  if (!line.slice(0, LINE_CHARS).replace(QUOTED, '').includes('\\n')) return undefined;
  return 'it is one line with \\n in it: write real line ends instead';
}
