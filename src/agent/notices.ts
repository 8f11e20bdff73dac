/** What the loop tells the model beside results and complaints. */

/** Behind a result whose call was not the end of the reply. */
export const IGNORED =
  '(Text after the tool call was ignored: make one call per reply, then wait.)';

/** In the turn from which on it is so. */
export const LAST_CALL = 'Only one tool call is left; answer now if you can.';

/** After a kill. */
export const UNFINISHED = 'The program was stopped here; the reply above was not acted on.';
