import type { Path } from '../api/diagnostics.ts';
import type { Message } from '../api/message.ts';
import type { FormatInput } from '../tables/generated/layout.ts';
import { child, flag, has, text } from '../tables/route_read.ts';
import type { AccessLogContext } from './filter.ts';
import { compileFormat, DEFAULT_FORMAT } from './format.ts';
import { compileJsonFormat } from './json.ts';

/** Envoy's own line, for a log whose configuration says nothing of it. */
export const defaultFormat = (context: AccessLogContext, path: Path): FormatInput | undefined =>
  compileFormat(DEFAULT_FORMAT, { ...context, path });

/** envoy.config.core.v3.SubstitutionFormatString; undefined after reporting what is wrong. */
export function compileLogFormat(
  format: Message,
  path: Path,
  context: AccessLogContext,
): FormatInput | undefined {
  const options = { omitEmpty: flag(format, 'omit_empty_values') };
  const json = child(format, 'json_format');
  if (json !== undefined) {
    return compileJsonFormat(json, { ...context, path: [...path, 'json_format'] }, options);
  }
  const source = child(format, 'text_format_source');
  if (source !== undefined) {
    const where = [...path, 'text_format_source'];
    const read = readSource(source, where, context);
    return read === undefined ? undefined : compileFormat(read, { ...context, path: where }, options);
  }
  if (has(format, 'text_format')) {
    return compileFormat(
      text(format, 'text_format'),
      { ...context, path: [...path, 'text_format'] },
      options,
    );
  }
  context.diagnostics.error(path, 'rule', 'the format is missing', {
    expected: 'text_format_source or json_format',
  });
  return undefined;
}

/** The text of an envoy.config.core.v3.DataSource. */
function readSource(source: Message, path: Path, context: AccessLogContext): string | undefined {
  if (source.inline_bytes instanceof Uint8Array) return Buffer.from(source.inline_bytes).toString('utf8');
  if (has(source, 'inline_string')) return text(source, 'inline_string');
  if (has(source, 'environment_variable')) {
    const name = text(source, 'environment_variable');
    const value = context.env[name];
    if (value !== undefined) return value;
    context.diagnostics.error(
      [...path, 'environment_variable'],
      'file',
      `the environment variable ${name} is not set`,
    );
    return undefined;
  }
  try {
    return Buffer.from(context.readFile(text(source, 'filename'))).toString('utf8');
  } catch (error) {
    const details = { expected: 'a readable file' };
    context.diagnostics.error([...path, 'filename'], 'file', (error as Error).message, details);
    return undefined;
  }
}
