/**
 * The guard for answers: a text that holds the marks of a call is not an answer, even if nothing in it
 * can be read for certain. What is only mentioned stays an answer; where in doubt, the model is
 * asked again.
 */
import { NEEDS_TAGS } from './formats/unmarked.ts';
import { argSpellings, INERT, spellingOf, toolsCalled, toolNamedAt } from './names.ts';
import { Mentions } from './quoted.ts';
import { malformed, type Malformed, type ToolShapes } from './reply.ts';

/** A way in which a text shows that a call was meant: the source of a regular expression. */
interface Sign {
  source: string;
  /** A single mark, which may also be a word of a sentence. */
  isMark?: boolean;
  /** Code has it, too: inside a line of a code block it does not count. */
  isLikeCode?: boolean;
}

const CALL_WORD = 'tool|call|function|invoke|parameter|python_tag|action|recipient|dsml';
/** The start of a line, with what a list or a quotation puts there. */
const LINE = '^[ \\t>*_#-]{0,8}';
const BOLD = '[*_]{0,2}';
const ARGS = '(?:args?|arguments?|param(?:eter)?s?|(?:tool_|action_)?input|tool_args)';

/** Marks that an answer holds only where it mentions them. */
const MARKS: readonly Sign[] = [
  `<[|｜](?=[^<>|｜\\n]{0,40}(?:${CALL_WORD}))[^<>\\n]{1,60}>`,
  '<(?:tool|function)_call\\|>|</?start_function_call>|to=functions\\.\\w',
  '\\[(?:TOOL_(?:CALLS?|REQUEST)|/?ARGS)\\]|</tool>|<end_code>',
  '</?(?:\\w{1,20}:)?(?:invoke|function_calls?|tool_calls?|tool_use|tool_request)\\b[^<>\\n]{0,99}>',
  '<(?:function|parameter)\\s?=\\s?["\'\\w][^<>\\n]{0,99}>',
  '&lt;/?(?:tool|tool_call|function|invoke)(?:&gt;|\\s|=)',
].map((source) => ({ source, isMark: true }));
const LINES: readonly Sign[] = [
  `${LINE}Action${BOLD}[ \\t]?:[^\\n]{0,300}\\n{1,2}[ \\t>*_#-]{0,8}Action[ _]Input`,
  // a reply that starts with <bash> and does not close it
  '(?<![^])<(?:bash|shell|sh|zsh|execute(?:_\\w{1,20})?)>',
  // Continue
  '^[ \\t]*TOOL_NAME:[^\\n]{1,99}\\n[ \\t]*BEGIN_ARG:',
  // Cline, Bolt: an element that says that it acts
  '(?<![^])<\\w{0,30}(?:_tool|_mcp_resource|Action|Artifact)\\b[^<>\\n]{0,300}>',
  '^[ \\t]*(?:\\*\\*\\* (?:Begin Patch|(?:Update|Add|Delete) File:)|<{5,9} ?SEARCH\\b)',
].map((source) => ({ source }));

/** The complaint about a plain text that holds an attempted call; undefined for an answer. */
export function attemptIn(text: string, tools: ToolShapes): Malformed | undefined {
  const mentions = new Mentions(text);
  const findIn = (signs: readonly Sign[]) => {
    for (const { source, isMark = false, isLikeCode } of signs) {
      mentions.restart();
      for (const match of text.matchAll(new RegExp(source, 'gimu'))) {
        const at = match.index;
        if (isLikeCode && mentions.isInCode(at)) continue;
        if (!mentions.has({ at, end: at + match[0].length, isMark })) return match;
      }
    }
    return undefined;
  };
  for (const [tool, { synonyms = [] }] of tools) {
    const names = nameIn([tool, ...synonyms]);
    if (!new RegExp(names, 'iu').test(text)) continue;
    if (findIn(signsOf(tool, names, tools))) return malformed(NEEDS_TAGS, tool);
  }
  const mark = findIn([...MARKS, ...LINES]);
  if (mark) {
    const [tag] = toolsCalled(/^<(\w+)>/.exec(mark[0])?.[1] ?? '', tools);
    return malformed(NEEDS_TAGS, tag ?? toolNamedAt(text, mark.index, tools));
  }
  return isUnknownCall(text) ? malformed(NEEDS_TAGS) : undefined;
}

/** The signs that a tool's name makes next to its arguments. @param names matches synonyms, too */
function signsOf(tool: string, names: string, tools: ToolShapes): Sign[] {
  const args = argSpellings(tool, tools).filter((arg) => !INERT.has(arg));
  const arg = `(?:${args.map(spellingOf).join('|') || '(?!)'})`;
  const name = nameIn([tool]);
  /** A name of one word may be that of other things. */
  const isWord = !/[^\p{L}\p{N}]/u.test(tool);
  const gap = '[^\\p{L}\\p{N}_{}]{0,12}';
  const called = `${NOT_DEFINED}${name}\\s?\\(\\s{0,9}`;
  const signs: Sign[] = [
    // read_file {"path": …}, {"name": "read_file", "arguments": {"path": …}}, {"read_file": {"path": …}}
    {
      source: `${names}${gap}(?:(?:with|using|json|${ARGS})\\b${gap}){0,3}\\{\\s{0,20}["']${arg}["']\\s?:`,
    },
    { source: `(?<!["']type["']\\s?:\\s?)["']${names}["'][,\\s]{1,20}["']${arg}["']\\s?:` },
    // read_file(path="a"), read_file({"path": "a"})
    {
      source: `${called}(?:\\{\\s{0,9})?["']?${arg}["']?\\s?(?:=(?![=>])|:\\s?["'])`,
      isLikeCode: isWord,
    },
    // <search>TODO</search>, <search pattern="TODO">, <search><pattern>, [read_file]a[/read_file]
    { source: `<${name}(?:>[^<\\n]{1,300}</|\\s{1,9}${arg}\\s?=|>\\s{0,9}<${arg}>)` },
    { source: `\\[/?(?:tool:)?${name}\\](?!\\()`, isMark: true },
    { source: `&lt;/?${name}(?:&gt;|\\s)`, isMark: true },
    // Action: read_file; tool: read_file with its arguments in the next line; read_file path=a
    { source: `${LINE}Action${BOLD}[ \\t]?:[ \\t*_\`]{0,4}${name}` },
    {
      source:
        `${LINE}(?:tool|tool_name|name|function|command)${BOLD} ?:[ \\t*_\`"']{0,4}${names}` +
        `[\`"'*]{0,4}\\s{1,9}[*_-]{0,3}(?:${ARGS}|${arg})${BOLD} ?:`,
    },
    { source: `^[ \\t>$\`*{-]{0,4}${name}:?[ \\t]{1,3}(?:-{0,2}${arg}=|--${arg} )` },
  ];
  if (isWord) return signs;
  const key = `["'](?:tool|tool_name|action|function|name)["']`;
  return [
    ...signs,
    { source: `${key}\\s?:\\s?["']${name}["']\\s{0,9}\\}` },
    { source: `${called}["']` },
    // <tool_name>read_file</tool_name>; read_file a and nothing else
    { source: `<(?:tool|tool_name|function|function_name|action|name)>\\s{0,9}${name}\\s{0,9}</` },
    {
      source: `(?<![^])${COMMAND_START}${name}(?::|${COMMAND_WORDS})[ \\t]+[^\\n]{0,300}${COMMAND_END}(?![^])`,
    },
    {
      source: `(?<![^])[\`*#>\\s]{0,9}(?:Tool:\\s?)?${name}[\`*:]{0,5}(?:[ \\t]+(?:to )?\\S{1,200})?\\s+\`\`\`[^]*\`\`\`\\s*(?![^])`,
    },
    { source: `<(?:${name}(?:\\s[^<>]{0,200})?/>|/${name}\\s?>)`, isMark: true },
  ];
}

/** The name of a tool and its argument, written like a command: not like a sentence. */
const COMMAND_START = '(?:```\\w*\\s+|[`$>\\s]*)';
const COMMAND_WORDS =
  '(?!\\s+(?:and|are|can|cannot|could|did|does|failed|for|has|in|is|may|must|not|on|or|reads?|returns?|runs?|shows?|should|takes?|was|were|will|with|would|writes?)\\b)';
const COMMAND_END = '(?:[^\\s.!?]|(?<=\\s)\\.)[`\\s]*';

const NOT_DEFINED = '(?<!\\b(?:def|function|fn|func|fun|sub|async|class)\\s{1,3})';

/** The source that matches these names in any spelling, but not inside another word. */
function nameIn(names: readonly string[]): string {
  return `(?<![\\p{L}\\p{N}_.-])(?:(?:functions?|tools?|default_api)[.:])?(?:${names.map(spellingOf).join('|')})(?![\\p{L}\\p{N}_])`;
}

/** Whether a call of a tool that does not exist ends the text, in an object on a line of its own. */
function isUnknownCall(text: string): boolean {
  return /[}\]][\s`]*$/.test(text.slice(-80)) && UNKNOWN_CALL.test(text);
}

const UNKNOWN_CALL =
  /^[ \t[]{0,8}\{\s{0,20}["'](?:name|tool|tool_name|action|function)["']\s?:\s?["'][\w.-]{1,60}["'],\s{0,20}["'](?:args|arguments|tool_args|tool_input|action_input)["']\s?:/m;
