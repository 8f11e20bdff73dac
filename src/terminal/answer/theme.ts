/** How the parts of an answer look. */
import type { ChalkInstance } from 'chalk';
import type { Paint } from '../text/spans.ts';

/** A paint for each part. */
export interface Theme {
  strong: Paint;
  emphasis: Paint;
  deleted: Paint;
  code: Paint;
  /** By its level, from 1. A deeper one keeps its marks. */
  headings: readonly Paint[];
  link: Paint;
  /** Marks of the program, such as the bar of a quotation. */
  faint: Paint;
  /** By the highlighter's class of a piece of code; other code stays plain. */
  syntax: ReadonlyMap<string, Paint>;
  /** Without colours, Markdown's marks stay: nothing else would show the meaning. */
  keepsMarks: boolean;
}

/** The theme in these colours. */
export function themeOf(chalk: ChalkInstance): Theme {
  return {
    strong: chalk.bold,
    emphasis: chalk.italic,
    deleted: chalk.strikethrough,
    code: chalk.cyan,
    headings: [chalk.bold.underline, chalk.bold],
    link: chalk.underline,
    faint: chalk.dim,
    syntax: new Map(
      Object.entries({
        keyword: chalk.magenta,
        'selector-tag': chalk.magenta,
        tag: chalk.magenta,
        string: chalk.green,
        regexp: chalk.green,
        addition: chalk.green,
        deletion: chalk.red,
        number: chalk.yellow,
        literal: chalk.yellow,
        symbol: chalk.yellow,
        comment: chalk.dim,
        meta: chalk.dim,
        title: chalk.blue,
        name: chalk.blue,
        section: chalk.blue,
        built_in: chalk.cyan,
        type: chalk.cyan,
        attr: chalk.cyan,
        attribute: chalk.cyan,
        property: chalk.cyan,
      }),
    ),
    keepsMarks: chalk.level === 0,
  };
}
