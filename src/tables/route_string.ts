import type { Path } from '../api/diagnostics.ts';
import type { Message } from '../api/message.ts';
import {
  type CookieMatcherInput,
  HeaderMatch,
  type HeaderMatcherInput,
  type QueryMatcherInput,
  type RouteConditionsInput,
  StringMatch,
  type StringMatcherInput,
} from './generated/layout.ts';
import { type RouteContext, refuse } from './route_context.ts';
import { child, flag, has, messages, number, text } from './route_read.ts';
import { regexFault } from './route_regex.ts';

/** As the matcher folds: ASCII letters only. */
export const lowerAscii = (value: string): string => value.replace(/[A-Z]+/g, (c) => c.toLowerCase());

/** The pattern of an envoy.type.matcher.v3.RegexMatcher; undefined after reporting what is wrong. */
export function compileRegex(matcher: Message, path: Path, context: RouteContext): string | undefined {
  const pattern = text(matcher, 'regex');
  const fault = regexFault(pattern);
  if (fault === null) return pattern;
  return refuse(
    context,
    [...path, 'regex'],
    'regex',
    `the regular expression is not valid: ${fault}`,
    'RE2 syntax',
  );
}

const LITERALS = [
  ['exact', StringMatch.Exact],
  ['prefix', StringMatch.Prefix],
  ['suffix', StringMatch.Suffix],
  ['contains', StringMatch.Contains],
] as const;

const literal = (kind: StringMatch, value: string, ignoreCase: boolean): StringMatcherInput => ({
  value: ignoreCase ? lowerAscii(value) : value,
  kind,
  ignore_case: ignoreCase,
});
const ofRegex = (pattern: string | undefined): StringMatcherInput => ({
  regex: { patterns: [pattern ?? ''] },
  kind: StringMatch.Regex,
});

/** envoy.type.matcher.v3.StringMatcher */
export function compileString(matcher: Message, path: Path, context: RouteContext): StringMatcherInput {
  const ignoreCase = flag(matcher, 'ignore_case');
  const regex = child(matcher, 'safe_regex');
  if (regex !== undefined) {
    if (ignoreCase) {
      refuse(context, [...path, 'ignore_case'], 'rule', 'ignore_case has no effect for safe_regex');
    }
    return ofRegex(compileRegex(regex, [...path, 'safe_regex'], context));
  }
  for (const [field, kind] of LITERALS) {
    if (has(matcher, field)) return literal(kind, text(matcher, field), ignoreCase);
  }
  return literal(StringMatch.Exact, '', false);
}

/** The fields that string_match replaced; they still work. */
const DEPRECATED = [
  ['exact_match', StringMatch.Exact],
  ['prefix_match', StringMatch.Prefix],
  ['suffix_match', StringMatch.Suffix],
  ['contains_match', StringMatch.Contains],
] as const;

/** envoy.config.route.v3.HeaderMatcher */
export function compileHeaderMatcher(
  matcher: Message,
  path: Path,
  context: RouteContext,
): HeaderMatcherInput {
  const base = {
    name: lowerAscii(text(matcher, 'name')),
    present: true,
    invert: flag(matcher, 'invert_match'),
    treat_missing_as_empty: flag(matcher, 'treat_missing_header_as_empty'),
  };
  const range = child(matcher, 'range_match');
  if (range !== undefined) {
    return {
      ...base,
      kind: HeaderMatch.Range,
      range: { start: int64(range, 'start'), end: int64(range, 'end') },
    };
  }
  const string = child(matcher, 'string_match');
  if (string !== undefined) {
    return {
      ...base,
      kind: HeaderMatch.String,
      string: compileString(string, [...path, 'string_match'], context),
    };
  }
  const regex = child(matcher, 'safe_regex_match');
  if (regex !== undefined) {
    const pattern = compileRegex(regex, [...path, 'safe_regex_match'], context);
    return { ...base, kind: HeaderMatch.String, string: ofRegex(pattern) };
  }
  for (const [field, kind] of DEPRECATED) {
    if (!has(matcher, field)) continue;
    const value = text(matcher, field);
    // An empty text begins, ends and is contained in every value; Envoy lets exact_match do so too.
    const string = literal(value === '' ? StringMatch.Prefix : kind, value, false);
    return { ...base, kind: HeaderMatch.String, string };
  }
  const present = has(matcher, 'present_match') ? flag(matcher, 'present_match') : true;
  return { ...base, kind: HeaderMatch.Present, present };
}

const int64 = (message: Message, field: string): bigint => {
  const value = message[field];
  return typeof value === 'bigint' ? value : BigInt(number(message, field));
};

/** envoy.config.route.v3.QueryParameterMatcher */
function compileQuery(matcher: Message, path: Path, context: RouteContext): QueryMatcherInput {
  const string = child(matcher, 'string_match');
  if (string !== undefined) {
    return {
      name: text(matcher, 'name'),
      kind: HeaderMatch.String,
      string: compileString(string, [...path, 'string_match'], context),
    };
  }
  const present = has(matcher, 'present_match') ? flag(matcher, 'present_match') : true;
  return { name: text(matcher, 'name'), kind: HeaderMatch.Present, present };
}

const EMPTY: Message = { $type: 'envoy.type.matcher.v3.StringMatcher' };

/** envoy.config.route.v3.CookieMatcher */
const compileCookie = (matcher: Message, path: Path, context: RouteContext): CookieMatcherInput => ({
  name: text(matcher, 'name'),
  string: compileString(child(matcher, 'string_match') ?? EMPTY, [...path, 'string_match'], context),
  invert: flag(matcher, 'invert_match'),
});

const DENOMINATORS = [100, 10_000, 1_000_000];

/** What a RouteMatch asks for beyond path and headers; undefined when it is nothing. */
export function compileConditions(
  match: Message,
  path: Path,
  context: RouteContext,
): RouteConditionsInput | undefined {
  const query = messages(match, 'query_parameters').map((matcher, i) =>
    compileQuery(matcher, [...path, 'query_parameters', i], context),
  );
  const cookies = messages(match, 'cookies').map((matcher, i) =>
    compileCookie(matcher, [...path, 'cookies', i], context),
  );
  const fraction = child(match, 'runtime_fraction');
  const grpc = has(match, 'grpc');
  if (query.length === 0 && cookies.length === 0 && fraction === undefined && !grpc) return undefined;
  const value = fraction === undefined ? undefined : child(fraction, 'default_value');
  return {
    query,
    cookies,
    grpc,
    has_fraction: fraction !== undefined,
    fraction: value === undefined ? 0 : number(value, 'numerator'),
    fraction_of: value === undefined ? 1 : (DENOMINATORS[number(value, 'denominator')] ?? 100),
  };
}
