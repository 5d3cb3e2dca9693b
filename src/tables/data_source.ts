import type { Path } from '../api/diagnostics.ts';
import type { Message } from '../api/message.ts';
import { type RouteContext, refuse } from './route_context.ts';
import { has, text } from './route_read.ts';

/** The bytes of an envoy.config.core.v3.DataSource; undefined when there are none or they cannot be had. */
export function readSource(
  source: Message,
  path: Path,
  context: Pick<RouteContext, 'diagnostics' | 'env' | 'readFile'>,
): Uint8Array | undefined {
  if (source.inline_bytes instanceof Uint8Array) return source.inline_bytes;
  if (has(source, 'inline_string')) return Buffer.from(text(source, 'inline_string'), 'utf8');
  if (has(source, 'environment_variable')) {
    const name = text(source, 'environment_variable');
    const value = context.env[name];
    if (value !== undefined) return Buffer.from(value, 'utf8');
    const where = [...path, 'environment_variable'];
    return refuse(context, where, 'file', `the environment variable ${name} is not set`);
  }
  if (!has(source, 'filename')) return undefined;
  try {
    return context.readFile(text(source, 'filename'));
  } catch (error) {
    return refuse(context, [...path, 'filename'], 'file', (error as Error).message, 'a readable file');
  }
}
