/** A value in the admin interface's spelling of JSON, as it stands `depth` levels deep. */
export const anyText = (depth: number, value: unknown): string =>
  JSON.stringify(value, null, 1).replaceAll('\n', `\n${' '.repeat(depth)}`);
