/** What the server says where it says that it has failed, as it came. */

/** The server answered with a status other than 2xx, or with a line that is an error. */
export class AnsweredError extends Error {
  /** The status; undefined for a line. */
  readonly status: number | undefined;
  /** The text: of a body the start, about 64 KiB. */
  readonly body: string;
  constructor(status: number | undefined, body: string) {
    super(status === undefined ? 'an error line' : `HTTP ${status}`);
    this.status = status;
    this.body = body;
  }
}
