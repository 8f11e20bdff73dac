/** A tool that could not do what was asked. The message goes to the model. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
}
