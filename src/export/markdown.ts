/** A conversation as Markdown, for people to read and to edit. */
import type { SessionRecord } from '../records.ts';
import type { SessionHeader } from '../records/header.ts';
import type { LogReader } from './logs.ts';

/** Writes the whole log, including what compactions and resets took out of the conversation. */
export function writeMarkdown(id: string, read: LogReader, write: (text: string) => void): void {
  let isBegun = false;
  const begin = (header: SessionHeader | undefined) => {
    if (!isBegun) write(titleOf(id, header));
    isBegun = true;
  };
  const { header } = read(id, (record, known) => {
    begin(known);
    for (const part of renderRecord(record)) write(`\n\n${part}`);
  });
  begin(header);
  write('\n');
}

function titleOf(id: string, header: SessionHeader | undefined): string {
  if (!header) return `# Session ${id}`;
  const { created_at, model, workspace_root } = header;
  return `# Session ${id}\n\n${created_at}, model ${model}, in ${workspace_root}`;
}

/** What a person would want to read, without raw replies and the like. */
function renderRecord(record: SessionRecord): string[] {
  switch (record.type) {
    case 'user':
      return ['## Request', record.content];
    case 'heard':
      return ['*Added meanwhile:*', record.content];
    case 'assistant':
      return record.reason === 'answer' ? ['### Answer', record.content] : [`*${record.content}*`];
    case 'tool':
      if (record.attached) return ['*Attached:*', fenced(record.content)];
      return [
        `\`${record.name}\`${record.ok ? '' : ' (failed)'}`,
        fenced(JSON.stringify(record.args, null, 2), 'json'),
        fenced(record.content),
      ];
    case 'command':
      return ['The user ran', fenced(record.command, 'sh'), fenced(record.content)];
    case 'reset':
      return ['---', '*Transcript and memory were cleared.*'];
    default:
      return [];
  }
}

/** A code block whose fence is longer than any in its text. */
function fenced(text: string, language = ''): string {
  let fence = '```';
  for (const [ticks] of text.matchAll(/`{3,}/g))
    if (ticks.length >= fence.length) fence = `${ticks}\``;
  return `${fence}${language}\n${text}\n${fence}`;
}
