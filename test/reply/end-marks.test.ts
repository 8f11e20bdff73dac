import { describe, expect, it } from 'vitest';
import { closersOf } from '../../src/reply/end-marks.ts';
import { tools } from '../support/tools.ts';

const endsWithCloser = closersOf(tools);

describe('a text may end a call or an answer', () => {
  it.each([
    '</tool>',
    '</final>',
    '</Final >',
    '</tool:read_file>',
    '</function_call>',
    '</list_files>',
    '</List-Files>',
    '</listfiles >',
    '</RUN_SHELL>',
  ])('with %s', (tag) => expect(endsWithCloser(`so: ${tag}`)).toBe(true));

  it.each([
    '</li_stfiles>',
    '</list__files>',
    '</list_files_>',
    '</listfile>',
    '</finals>',
    '</p>',
    '</list_files> and on',
    '<list_files>',
  ])('but not with %s', (tag) => expect(endsWithCloser(`so: ${tag}`)).toBe(false));
});
