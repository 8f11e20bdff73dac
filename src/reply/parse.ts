/**
 * Turns a raw reply into one tool call, one answer or one clear complaint. It accepts what a model
 * meant if that is certain, and never makes up what it did not say. Any text gives a Reply, in time
 * linear in its length.
 */
import { announcesAction } from './announcement.ts';
import { DIALECTS } from './formats/dialects.ts';
import { readJsonCall } from './formats/json.ts';
import { matchAt } from './match-at.ts';
import { toolMeant, toolNamed } from './names.ts';
import { Prose } from './prose.ts';
import { loneEnd, marksIn, REPLY_MARK, thoughtsIn } from './reasoning.ts';
import { malformed, type Construct, type Reply, type ToolShapes } from './reply.ts';
import { closingTag, readXmlCall } from './formats/xml.ts';

/** Each draft, and each opening of a dialect without a call, may be read to the end of the text. */
const MAX_TRIES = 20;
const TOO_MANY_DRAFTS = malformed(
  'the reply mixes reasoning and calls too often to tell them apart',
);

/**
 * Reads one reply. `cutOff` means that the token limit ended it (`done_reason: length`): such a
 * reply is never run and never shown as complete.
 */
export function parseReply(raw: string, tools: ToolShapes, cutOff = false): Reply {
  if (cutOff) {
    const isCall = callOpening(tools).test(raw);
    return {
      type: 'malformed',
      problem: 'the token limit cut the reply off',
      cutOff: true,
      isCall,
    };
  }
  const { construct, text } = firstConstruct(raw, tools);
  if (construct) {
    const { reply, end } = construct;
    if (reply.type !== 'call') return reply;
    return { ...reply, ...toolOf(reply, tools), ignored: remainder(raw.slice(end)) };
  }
  const answer = text.replace(/(?:<\/final\s*>|<\|(?:return|end|END_RESPONSE)\|>)\s*$/i, '').trim();
  // Other agents show calls like this, and small models copy what they know.
  const copied = /^\[tool:(\w+)\]/m.exec(answer)?.[1];
  if (copied) return malformed('a tool call needs its tags', copied);
  if (/^(?:\s|<\/?\w+>)+$/.test(answer)) return malformed('the reply contained only tags');
  if (announcesAction(answer)) {
    const problem = 'you announced an action but did not call the tool';
    return { type: 'malformed', problem, announcement: answer };
  }
  if (answer) return { type: 'final', text: answer };
  return malformed(raw.trim() ? 'the reply contained only reasoning' : 'the reply was empty');
}

/** The tool that a call is of, where its name is another spelling or a synonym. */
function toolOf(
  { name, args }: { name: string; args: Record<string, unknown> },
  tools: ToolShapes,
): { name: string; calledAs?: string } {
  const own = toolNamed(name, tools);
  if (own !== undefined) return { name: own };
  const meant = toolMeant(name, args, tools);
  return meant === undefined ? { name } : { name: meant, calledAs: name };
}

/** Matches what opens a call, in our own tags or in one of the common formats. */
export function callOpening(tools: ToolShapes): RegExp {
  const tags = ['tool', ...tools.keys()].join('|');
  const marks =
    '<tool_call>|<function=|\\{\\s*"name"\\s*:|\\[TOOL_CALLS\\]|<｜tool▁call|to=functions\\.|' +
    '<\\|(?:python_tag|tool_call|START_ACTION|recipient)|```tool_';
  return new RegExp(`<(?:${tags})[\\s>]|${marks}`, 'i');
}

/**
 * Where the first call or answer of a text ends; without an end of its own, at the text's end. And
 * whether words come before it, other than closed thoughts: they may be an open thought.
 */
export function firstEnd(
  raw: string,
  tools: ToolShapes,
): { end: number; isAfterWords: boolean } | undefined {
  const { construct, text } = firstConstruct(raw, tools);
  if (!construct || construct.reply.type === 'malformed') return undefined;
  return { end: construct.end, isAfterWords: text.replace(/```\w*/g, '').trim() !== '' };
}

/**
 * Finds the construct that decides the reply: the first one outside of reasoning. Reasoning is between
 * its tags or before a lone closing tag, so a construct before a lone closing tag was only a draft.
 * Inside the arguments of a call such a tag is content.
 */
function firstConstruct(raw: string, tools: ToolShapes): { construct?: Construct; text: string } {
  const opening = openings(tools);
  const marks = marksIn(raw);
  let thoughts = thoughtsIn(marks, 0);
  let thought = thoughts.next().value;
  let from = 0;
  const prose = new Prose(raw);
  let match = opening.exec(raw);
  let misread = 0;
  let known: { at: number; construct: Construct | number } | undefined;
  const constructAt = (found: RegExpExecArray) => {
    if (known?.at !== found.index) {
      const construct = readConstruct(raw, found, tools, misread < MAX_TRIES);
      known = { at: found.index, construct };
    }
    return known.construct;
  };
  for (let drafts = 0; drafts < MAX_TRIES;) {
    if (match && match.index < from) {
      opening.lastIndex = from;
      match = opening.exec(raw);
    }
    const at = match?.index ?? raw.length;
    while (thought && thought.at < from) thought = thoughts.next().value;
    // The name of a tool may be that of a thought, too.
    if (thought && (thought.at < at || (thought.at === at && match?.[2] === undefined))) {
      prose.add(from, thought.at);
      const isMention = thought.isMaybeData && prose.mentions(thought);
      const end =
        isMention && match && isInside(thought.end, constructAt(match)) ? undefined : thought.end;
      from = end ?? (isMention ? thought.at : raw.length);
      if (isMention) prose.add(thought.at, from);
      // A tag that is never closed may be a word in the answer, which must not be shown cut off.
      else if (thought.isLone || thought.end === undefined) prose.drop();
      thought = thoughts.next().value;
      continue;
    }
    prose.add(from, at);
    if (!match) return { text: prose.text };
    if (match[1] !== undefined) {
      from = at + match[0].length;
      prose.drop();
      continue;
    }
    const construct = constructAt(match);
    if (typeof construct === 'number') {
      prose.add(at, construct);
      from = construct;
      if (construct === at + 1) misread++;
      continue;
    }
    const after = isRead(construct) ? construct.end : at;
    const lone = loneEnd(raw, marks, after);
    if (lone === undefined) return { construct, text: prose.text };
    from = lone;
    thoughts = thoughtsIn(marks, from);
    thought = thoughts.next().value;
    prose.drop();
    drafts++;
  }
  return { construct: { reply: TOO_MANY_DRAFTS, end: raw.length }, text: '' };
}

const isRead = ({ reply, isWhole }: Construct) => reply.type === 'call' || isWhole;

/** Whether a tag that ends here is content of this construct. */
function isInside(end: number | undefined, construct: Construct | number): boolean {
  if (end === undefined || typeof construct === 'number') return false;
  return isRead(construct) === true && end <= construct.end;
}

/**
 * Matches what opens the reply proper, a construct in our own tags, or one in a dialect: a group each
 * for REPLY_MARK, the tags, and every one of DIALECTS. A tool's own name is a tag only if one of its
 * arguments follows; otherwise it may be an element of HTML.
 */
function openings(tools: ToolShapes): RegExp {
  const named = [...tools].map(([name, { argNames }]) => {
    const arg = `(?:${argNames.join('|') || '(?!)'})`;
    return `${name}(?=\\s+${arg}\\s*=|\\s*>\\s*<${arg}>)`;
  });
  const sources = [
    `(${REPLY_MARK})`,
    // After a letter it is a type, as in Array<Tool>.
    `(?<!\\w)<(${['tool(?=[\\s>/]|$)', 'final(?=[\\s>/]|$)', ...named].join('|')})`,
    ...DIALECTS.map(({ opening }) => `(${opening})`),
  ];
  return new RegExp(sources.join('|'), 'gi');
}

/** Reads the construct at a match of `openings`, or returns the place up to which it is only prose. */
function readConstruct(
  raw: string,
  match: RegExpExecArray,
  tools: ToolShapes,
  inDialects: boolean,
): Construct | number {
  const [tag, ...dialects] = match.slice(2);
  const at = match.index;
  if (tag !== undefined) {
    return tag.toLowerCase() === 'final' ? readFinal(raw, at) : readCall(raw, at, tools);
  }
  if (!inDialects) return at + 1;
  const dialect = DIALECTS[dialects.findIndex((group) => group !== undefined)];
  return dialect?.read(raw, at + match[0].length, tools) ?? at + 1;
}

function readFinal(raw: string, at: number): Construct {
  const start = matchAt(raw, at, '<final\\b[^>]*>')?.end ?? raw.length;
  const balanced = closingTag(raw, 'final', start);
  // An answer may mention the tag without closing it.
  const last = raw.slice(start).search(/<\/final\s*>\s*$/i);
  const textEnd = balanced?.at ?? (last === -1 ? raw.length : start + last);
  const text = raw.slice(start, textEnd).trim();
  const end = balanced?.end ?? raw.length;
  return {
    reply: text ? { type: 'final', text } : malformed('the <final> answer was empty'),
    end,
    // An answer that ends the reply may mention the tag that would end a thought.
    isWhole: balanced !== undefined && raw.slice(end).trim() === '',
  };
}

function readCall(raw: string, at: number, tools: ToolShapes): Construct {
  const json = matchAt(raw, at, '<tool\\s*>\\s*(?:```(?:json)?\\s*)?(?:\\[\\s*)?(?=\\{)');
  return json ? readJsonCall(raw, json.end) : readXmlCall(raw, at, tools);
}

const CLOSING =
  /^(?:\s|<\/(?:tool|tool_call|function_call|function)\s*>|```|[\]})]|<tool_call\|>|<[|｜][^<>]{1,40}[|｜]>)+/i;

/** The text after a call, without the closing tags and fences that belong to it. */
function remainder(rest: string): string {
  return rest.replace(CLOSING, '').trim();
}
