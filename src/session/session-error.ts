/** A session that cannot be opened. The message is for the person who asked for it. */
export class SessionError extends Error {
  override readonly name = 'SessionError';
}
