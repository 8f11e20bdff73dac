/** Small models announce an action and stop, without a call: "I will now create the file." */

const VERBS =
  'add|apply|begin|call|change|check|continue|correct|create|delete|edit|examine|execute|explore|' +
  'find|fix|go|implement|inspect|list|look|make|modify|move|open|patch|proceed|put|read|refactor|' +
  'remove|rename|replace|review|run|save|scan|search|see|start|take|test|try|update|use|verify|' +
  'view|write';

/** Someone is about to act: not "let me know", not "I will not". */
const ANNOUNCEMENT = new RegExp(
  `\\b(?:i will|i['’]ll|i am going to|i['’]m going to|i need to|let me|let['’]s)` +
    `(?: (?:now|first|next|then|also|just|start by|begin by|quickly|go ahead and|try to))*` +
    ` (?:${VERBS})\\b`,
  'i',
);
/** An offer or a condition leaves the next word to the person. */
const OFFER =
  /\?(?=\s|$)|\bif (?:you|that|this|needed|necessary)\b|\b(?:once|when|after|unless|until) you\b/i;
/** The last sentence is looked for in this many characters at the end. */
const LAST_CHARS = 400;

/** Whether a plain text ends with an announcement of an action, so that it is not an answer yet. */
export function announcesAction(text: string): boolean {
  const end = text.slice(-LAST_CHARS);
  const sentences = end.split(/(?<=[.!?:…])\s+|\n+/);
  const last = sentences.findLast((sentence) => /\w/.test(sentence)) ?? '';
  // Quoted text does not announce anything.
  return ANNOUNCEMENT.test(last.replace(/"[^"]*"/g, '""')) && !OFFER.test(end);
}
