/** The form of a text file that a rewrite keeps: byte order mark, line ends, final newline. */

/** Content as it is to be written, and what the model is told about it. */
interface FormedText {
  text: string;
  /** Says what was kept of the file, after a semicolon; empty if the content is unchanged. */
  kept: string;
}

const BYTE_ORDER_MARK = '\ufeff';

/**
 * Gives content the form that the file has, where the model shows no other intention: models write
 * LF and no byte order mark whatever they saw, and often drop the last newline.
 * @param before what the file holds; undefined where there is none
 */
export function inFormOf(before: Buffer | undefined, content: string): FormedText {
  const old = before?.toString('utf8') ?? '';
  const bare = content.replace(BYTE_ORDER_MARK, '');
  if (old === '' || bare === '') return { text: content, kept: '' };
  const kept: string[] = [];
  let text = content;
  if (hasOnlyCrlf(old) && !text.includes('\r')) {
    const hasLineEnds = text.includes('\n');
    text = text.replaceAll('\n', '\r\n');
    if (hasLineEnds) kept.push('CRLF line ends');
  }
  if (old.startsWith(BYTE_ORDER_MARK) && !text.startsWith(BYTE_ORDER_MARK)) {
    text = BYTE_ORDER_MARK + text;
    kept.push('byte order mark');
  }
  if (old.endsWith('\n') && !text.endsWith('\n')) {
    text += hasOnlyCrlf(old) && !/(?<!\r)\n/.test(text) ? '\r\n' : '\n';
    kept.push('final newline');
  }
  // Where nothing else differs, the model means to change the form.
  if (text === old) return { text: content, kept: '' };
  return { text, kept: kept.length > 0 ? `; kept its ${kept.join(', ')}` : '' };
}

/** Whether every line of a text ends with CRLF, and there is one that does. */
function hasOnlyCrlf(text: string): boolean {
  return text.includes('\r\n') && !/(?<!\r)\n|\r(?!\n)/.test(text);
}
