/**
 * From a raw reply to one tool call, one answer or one clear complaint. It accepts what a model
 * meant where that is certain and never runs what it did not say. It is total: any text gives a
 * Reply, in time that grows linearly with the text.
 */
import { readJsonCall } from './json.ts';
import type { Construct, Reply, ToolShapes } from './reply.ts';
import { lastClosing, readXmlCall } from './xml.ts';

const OPENING = /<(tool|final|think(?:ing)?|reason(?:ing)?)(?=[\s>/]|$)/;
/** Each draft may be read to the end of the text; a bound keeps the whole linear. */
const MAX_DRAFTS = 50;
const TOO_MANY_DRAFTS: Reply = {
  type: 'malformed',
  problem: 'the reply mixes reasoning and calls too often to tell them apart',
};
const END_OF_REASONING = /<\/(?:think(?:ing)?|reason(?:ing)?)\s*>/gi;

/**
 * Reads one reply. `cutOff` says that the token limit ended it (`done_reason: length`): such a
 * reply is never run and never shown as whole.
 */
export function parseReply(raw: string, tools: ToolShapes, cutOff = false): Reply {
  if (cutOff) {
    return { type: 'malformed', problem: 'the token limit cut the reply off', cutOff: true };
  }
  const { construct, text } = firstConstruct(raw, tools);
  if (construct) {
    const { reply, end } = construct;
    return reply.type === 'call' ? { ...reply, ignored: remainder(raw.slice(end)) } : reply;
  }
  const answer = text.replace(/<\/final\s*>\s*$/i, '').trim();
  // The transcript shows calls like this, and small models copy what they see.
  const copied = /^\[tool:(\w+)\]/.exec(answer)?.[1];
  if (copied) return { type: 'malformed', problem: 'a tool call needs its tags', tool: copied };
  if (answer) return { type: 'final', text: answer };
  const problem = raw.trim() ? 'the reply held only reasoning' : 'the reply was empty';
  return { type: 'malformed', problem };
}

/**
 * Finds the construct that decides the reply: the first outside reasoning. Reasoning stands between
 * its tags, or before a lone closing tag; a construct that a lone closing tag follows was only
 * drafted in thought. Inside the arguments of a call such a tag is content and ends nothing.
 */
function firstConstruct(raw: string, tools: ToolShapes): { construct?: Construct; text: string } {
  const opening = openingTags(tools);
  let from = 0;
  let prose = '';
  let match = opening.exec(raw);
  for (let drafts = 0; drafts < MAX_DRAFTS;) {
    if (match && match.index < from) {
      opening.lastIndex = from;
      match = opening.exec(raw);
    }
    const at = match?.index ?? raw.length;
    const strayEnd = reasoningEnd(raw, from);
    if (strayEnd !== undefined && strayEnd.at < at) {
      from = strayEnd.end;
      prose = '';
      continue;
    }
    prose += raw.slice(from, at);
    const tag = (match?.[1] ?? match?.[2])?.toLowerCase();
    if (tag === undefined) return { text: prose };
    if (/^(think|reason)/.test(tag)) {
      from = reasoningEnd(raw, at)?.end ?? raw.length;
      continue;
    }
    const construct = tag === 'final' ? readFinal(raw, at) : readCall(raw, at, tools);
    const after = construct.reply.type === 'call' ? construct.end : at;
    const laterEnd = reasoningEnd(raw, after);
    if (laterEnd === undefined || opensReasoning(raw, after, laterEnd.at)) {
      return { construct, text: prose };
    }
    from = laterEnd.end;
    prose = '';
    drafts++;
  }
  return { construct: { reply: TOO_MANY_DRAFTS, end: raw.length }, text: '' };
}

/**
 * The opening tags that begin a construct. A tool's own name as a tag is one of them where an
 * argument follows; without one it may be a word of HTML.
 */
function openingTags(tools: ToolShapes): RegExp {
  const names = [...tools.keys()].join('|') || '(?!)';
  return new RegExp(`${OPENING.source}|<(${names})(?=\\s+\\w+\\s*=|\\s*>\\s*<\\w+>)`, 'gi');
}

function reasoningEnd(raw: string, from: number): { at: number; end: number } | undefined {
  END_OF_REASONING.lastIndex = from;
  const match = END_OF_REASONING.exec(raw);
  return match ? { at: match.index, end: match.index + match[0].length } : undefined;
}

function opensReasoning(raw: string, from: number, to: number): boolean {
  return /<(think|reason)/i.test(raw.slice(from, to));
}

function readFinal(raw: string, at: number): Construct {
  const open = /<final\b[^>]*>/iy;
  open.lastIndex = at;
  const start = open.exec(raw) ? open.lastIndex : raw.length;
  const close = lastClosing(raw, 'final', start);
  const text = raw.slice(start, close?.at).trim();
  return {
    reply: text
      ? { type: 'final', text }
      : { type: 'malformed', problem: 'the <final> answer was empty' },
    end: close?.end ?? raw.length,
  };
}

function readCall(raw: string, at: number, tools: ToolShapes): Construct {
  const json = /<tool\s*>\s*(?:```(?:json)?\s*)?(?=\{)/iy;
  json.lastIndex = at;
  return json.test(raw) ? readJsonCall(raw, json.lastIndex) : readXmlCall(raw, at, tools);
}

/** What is left after a call, without the closing tags and fences that belong to it. */
function remainder(rest: string): string {
  return rest.replace(/^(\s|<\/tool\s*>|```)+/i, '').trim();
}
