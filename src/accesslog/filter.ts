import type { Diagnostics, Path } from '../api/diagnostics.ts';
import type { Message } from '../api/message.ts';
import { compileCel } from '../cel/compile.ts';
import { type AccessLogFilterInput, AccessLogFilterKind, Comparison } from '../tables/generated/layout.ts';
import type { RouteContext } from '../tables/route_context.ts';
import { child, decoded, flag, messages, number, text, texts } from '../tables/route_read.ts';
import { compileHeaderMatcher } from '../tables/route_string.ts';
import { compileHeaderValue } from './format.ts';

/** What compiling an access log needs of its surroundings. */
export type AccessLogContext = {
  readonly diagnostics: Diagnostics;
  /** Of the AccessLog message in its file. */
  readonly path: Path;
  /** Reads a file that a DataSource names; throws when it cannot. */
  readonly readFile: (path: string) => Uint8Array;
  /** Opens a log file for appending and closes it again; throws when it cannot. Absent: not tried. */
  readonly tryLogFile?: (path: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
};

/** The short names of response flags, in the order of their bits (http::Flag in native/http/types.h). */
export const RESPONSE_FLAGS =
  'LH UH UT LR UR UF UC UO NR DI FI RL UAEX RLSE DC URX SI IH DPE UMSDR RFCF NFCF DT UPE NC OM DF DO DR'.split(
    ' ',
  );

const COMPARISONS = [
  Comparison.Equal,
  Comparison.GreaterOrEqual,
  Comparison.LessOrEqual,
  Comparison.NotEqual,
] as const;

/** envoy.config.accesslog.v3.AccessLogFilter; undefined after reporting what is wrong or not supported. */
export function compileFilter(
  filter: Message,
  path: Path,
  context: AccessLogContext,
): AccessLogFilterInput | undefined {
  for (const [field, compile] of Object.entries(COMPILERS)) {
    const inner = child(filter, field);
    if (inner !== undefined) return compile(inner, [...path, field], context);
  }
  const other = Object.keys(filter).find((key) => key !== '$type' && filter[key] !== undefined);
  if (other === undefined) {
    context.diagnostics.error(path, 'rule', 'the filter says nothing', { expected: 'one filter' });
  } else {
    context.diagnostics.error([...path, other], 'unsupported', `${other} is not supported yet`, {
      keyError: true,
    });
  }
  return undefined;
}

type Compile = (filter: Message, path: Path, context: AccessLogContext) => AccessLogFilterInput | undefined;

const comparison =
  (kind: AccessLogFilterKind): Compile =>
  (filter) => {
    const inner = child(filter, 'comparison');
    const value = inner === undefined ? undefined : child(inner, 'value');
    return {
      kind,
      op: COMPARISONS[inner === undefined ? 0 : number(inner, 'op')] ?? Comparison.Equal,
      // No runtime layer can change it, so the default is the value.
      value: value === undefined ? 0 : number(value, 'default_value'),
    };
  };

const several =
  (kind: AccessLogFilterKind): Compile =>
  (filter, path, context) => {
    const children = messages(filter, 'filters').map((each, i) =>
      compileFilter(each, [...path, 'filters', i], context),
    );
    if (children.includes(undefined)) return undefined;
    return { kind, children: children as AccessLogFilterInput[] };
  };

const responseFlag: Compile = (filter, path, context) => {
  let flags = 0n;
  let ok = true;
  texts(filter, 'flags').forEach((name, i) => {
    const bit = RESPONSE_FLAGS.indexOf(name);
    if (bit >= 0) {
      flags |= 1n << BigInt(bit);
      return;
    }
    ok = false;
    const expected = RESPONSE_FLAGS.join(', ');
    context.diagnostics.error([...path, 'flags', i], 'rule', `there is no response flag ${name}`, {
      expected,
    });
  });
  // None named: any of them.
  const any = (1n << BigInt(RESPONSE_FLAGS.length)) - 1n;
  return ok ? { kind: AccessLogFilterKind.ResponseFlag, flags: flags === 0n ? any : flags } : undefined;
};

const header: Compile = (filter, path, context) => {
  const matcher = child(filter, 'header');
  if (matcher === undefined) return undefined;
  const route: RouteContext = { ...context, path, compileFormat: compileHeaderValue };
  return {
    kind: AccessLogFilterKind.Header,
    header: compileHeaderMatcher(matcher, [...path, 'header'], route),
  };
};

const grpcStatus: Compile = (filter) => {
  const statuses = (filter.statuses as readonly number[] | undefined) ?? [];
  const flags = statuses.reduce((bits, status) => bits | (1n << BigInt(status)), 0n);
  return { kind: AccessLogFilterKind.GrpcStatus, flags, exclude: flag(filter, 'exclude') };
};

/** The only extension filter: envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter. */
const extension: Compile = (filter, path, context) => {
  const config = decoded(child(filter, 'typed_config'));
  const compiled = compileCel(config === undefined ? '' : text(config, 'expression'));
  if ('node' in compiled) return { kind: AccessLogFilterKind.Cel, cel: compiled.node };
  const { code, message, suggestion } = compiled.fault;
  const details = suggestion === undefined ? {} : { suggestion };
  context.diagnostics.error([...path, 'typed_config', 'expression'], code, message, details);
  return undefined;
};

const COMPILERS: Readonly<Record<string, Compile>> = {
  status_code_filter: comparison(AccessLogFilterKind.StatusCode),
  duration_filter: comparison(AccessLogFilterKind.Duration),
  not_health_check_filter: () => ({ kind: AccessLogFilterKind.NotHealthCheck }),
  response_flag_filter: responseFlag,
  header_filter: header,
  grpc_status_filter: grpcStatus,
  and_filter: several(AccessLogFilterKind.And),
  or_filter: several(AccessLogFilterKind.Or),
  extension_filter: extension,
};
