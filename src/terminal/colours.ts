/** Whether the terminal is written to in colours, and what sets a request apart. */
import { Chalk, type ChalkInstance, type ColorInfo } from 'chalk';
import { unpainted, type Paint } from './text/spans.ts';

/** What decides about colours. */
interface ColourChoice {
  /** `--no-color`. */
  noColour: boolean;
  /** NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE and CLICOLOR say what the person wants. */
  env: NodeJS.ProcessEnv;
  /** What the stream can show, by chalk: it knows terminals, TERM and FORCE_COLOR. */
  supported: ColorInfo;
}

/** The longest rule above a request. */
const RULE_COLUMNS = 40;

/**
 * The colours, or none. The first that is set decides: `--no-color`, NO_COLOR (no-color.org),
 * FORCE_COLOR, CLICOLOR_FORCE and CLICOLOR (bixense.com/clicolors); after them, what the stream can show.
 */
export function chalkFor({ noColour, env, supported }: ColourChoice): ChalkInstance {
  const level = supported ? supported.level : 0;
  if (noColour || env['NO_COLOR']) return new Chalk({ level: 0 });
  if (env['FORCE_COLOR'] !== undefined) return new Chalk({ level });
  const isForced = !['', '0', undefined].includes(env['CLICOLOR_FORCE']);
  if (isForced) return new Chalk({ level: level || 1 });
  return new Chalk({ level: env['CLICOLOR'] === '0' ? 0 : level });
}

/** What sets a request that was sent apart from all else, so that it is found when one scrolls back. */
interface RequestLook {
  /** Comes above the prompt. */
  rule: string;
  paint: Paint;
}

/** A colour, or where a terminal has none, a rule. */
export function requestLook(
  { bold, level }: ChalkInstance,
  { isTerminal, columns = RULE_COLUMNS }: { isTerminal: boolean; columns?: number | undefined },
): RequestLook {
  if (level > 0 || !isTerminal) return { rule: '', paint: bold.cyan };
  return { rule: `${'═'.repeat(Math.min(RULE_COLUMNS, columns))}\n`, paint: unpainted };
}
