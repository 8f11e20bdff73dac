/** The command line or the settings are wrong. The message is one line that names what, and the value. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
