import type { Path } from '../api/diagnostics.ts';
import type { Message } from '../api/message.ts';
import type { RouteContext } from './route_context.ts';
import { child, text } from './route_read.ts';
import { compileRegex } from './route_string.ts';

type Substitution = { readonly regex: { readonly patterns: string[] }; readonly substitution: string };

/** envoy.type.matcher.v3.RegexMatchAndSubstitute */
export function compileSubstitution(
  message: Message,
  field: string,
  path: Path,
  context: RouteContext,
): Substitution | undefined {
  const rewrite = child(message, field);
  const pattern = rewrite === undefined ? undefined : child(rewrite, 'pattern');
  if (rewrite === undefined || pattern === undefined) return undefined;
  const compiled = compileRegex(pattern, [...path, field, 'pattern'], context);
  if (compiled === undefined) return undefined;
  return { regex: { patterns: [compiled] }, substitution: text(rewrite, 'substitution') };
}
