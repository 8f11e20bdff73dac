/** What the loop tells the model beside results and complaints. */

/** Behind a result whose call was not the end of the reply. */
export const IGNORED = '(What followed the tool call was ignored: one call a reply, then wait.)';

/** In the turn from which on it is so. */
export const LAST_CALL =
  'Only one tool call is left, and the request ends after it: answer now if you can.';

/** After a kill. */
export const UNFINISHED = 'The program was ended here: nothing was done about the reply above.';
