import type { Diagnostics, Path } from '../api/diagnostics.ts';
import { nearest } from '../nearest.ts';
import { type FormatInput, FormatNodeKind, type FormatOpInput } from '../tables/generated/layout.ts';
import { ENVIRONMENT, OPERATORS, type Operator, UNSUPPORTED } from './operators.ts';
import { parseParameters } from './parameters.ts';

/** What access logs use when nothing is configured. */
export const DEFAULT_FORMAT =
  '[%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" ' +
  '%RESPONSE_CODE% %RESPONSE_FLAGS% %BYTES_RECEIVED% %BYTES_SENT% %DURATION% ' +
  '%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% "%REQ(X-FORWARDED-FOR)%" "%REQ(USER-AGENT)%" ' +
  '"%REQ(X-REQUEST-ID)%" "%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%"\n';

/** Where a format string stands. */
export type FormatContext = {
  readonly diagnostics: Diagnostics;
  readonly path: Path;
  /** For %ENVIRONMENT(X)%; default: of the process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
};

/** A piece of a format string: literal text, or an operator. */
export type Piece =
  | { readonly text: string; readonly constant?: boolean }
  | { readonly operator: FormatOpInput };

/** `%NAME(parameters):length%`: parameters end at the first `)` after which the rest fits. */
const COMMAND = /%([A-Z0-9_]+)(?:\(([^\n]*?)\))?(?::([0-9]+))?%/y;
const MAX_LENGTH = 0xffff_ffff;
const MAX_UINT64 = 0xffff_ffff_ffff_ffffn;

/** The pieces of a format string; undefined after reporting what is wrong. */
export function parseFormat(text: string, context: FormatContext): Piece[] | undefined {
  const pieces: Piece[] = [];
  let literal = '';
  let ok = true;
  for (let at = 0; at < text.length; ) {
    const percent = text.indexOf('%', at);
    if (percent < 0) {
      literal += text.slice(at);
      break;
    }
    literal += text.slice(at, percent);
    if (text[percent + 1] === '%') {
      literal += '%';
      at = percent + 2;
      continue;
    }
    COMMAND.lastIndex = percent;
    const match = COMMAND.exec(text);
    if (match === null || BigInt(match[3] ?? 0) > MAX_UINT64) {
      context.diagnostics.error(
        context.path,
        'rule',
        `there is no operator at character ${percent + 1} of the format`,
        { expected: '%NAME%, %NAME(parameters)%, or %% for a percent sign' },
      );
      return undefined;
    }
    if (literal !== '') pieces.push({ text: literal });
    literal = '';
    const piece = command(match[1] ?? '', match[2] ?? '', match[3], context);
    if (piece === undefined) ok = false;
    else pieces.push(piece);
    at = COMMAND.lastIndex;
  }
  if (literal !== '') pieces.push({ text: literal });
  return ok ? pieces : undefined;
}

function command(
  name: string,
  parameter: string,
  length: string | undefined,
  context: FormatContext,
): Piece | undefined {
  const refuse = (code: string, message: string, details = {}): undefined =>
    context.diagnostics.error(context.path, code, message, details) as undefined;
  if (name === ENVIRONMENT) {
    if (parameter === '')
      return refuse('rule', '%ENVIRONMENT% needs a name', { expected: 'ENVIRONMENT(NAME)' });
    const value = (context.env ?? process.env)[parameter] ?? '-';
    return { text: length === undefined ? value : cut(value, Number(length)), constant: true };
  }
  const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
  if (operator === undefined) {
    if (UNSUPPORTED.has(name)) return refuse('unsupported', `the operator %${name}% is not supported yet`);
    const suggestion = nearest(name, [...Object.keys(OPERATORS), ENVIRONMENT]);
    return refuse('rule', `there is no operator %${name}%`, { suggestion });
  }
  const fault = misuse(operator, parameter, length);
  if (fault !== undefined) return refuse('rule', `%${name}% ${fault}`);
  const parsed = parseParameters(operator.op, operator.variant ?? 0, parameter);
  if ('fault' in parsed) {
    const { fault, expected, suggestion } = parsed;
    return refuse('rule', `%${name}%: ${fault}`, { expected, suggestion });
  }
  const limit =
    length === undefined ? {} : { has_max_length: true, max_length: Math.min(Number(length), MAX_LENGTH) };
  return {
    operator: {
      kind: FormatNodeKind.Operator,
      op: operator.op,
      variant: operator.variant ?? 0,
      ...limit,
      ...parsed,
    },
  };
}

function misuse(operator: Operator, parameter: string, length: string | undefined): string | undefined {
  if (operator.parameters === 'none' && parameter !== '') return 'takes no parameters';
  if (operator.parameters === 'required' && parameter === '') return 'needs parameters';
  if (operator.length !== true && length !== undefined) return 'takes no length';
  return undefined;
}

/** The first `bytes` bytes, without a piece of a character at the end. */
function cut(text: string, bytes: number): string {
  const encoded = Buffer.from(text, 'utf8');
  if (encoded.length <= bytes) return text;
  let end = bytes;
  while (end > 0 && ((encoded[end] ?? 0) & 0xc0) === 0x80) end--;
  return encoded.toString('utf8', 0, end);
}

export const textOp = (text: string): FormatOpInput => ({ kind: FormatNodeKind.Text, text });

/** Compiles a text format; undefined after reporting what is wrong. */
export function compileFormat(
  text: string,
  context: FormatContext,
  options: { readonly omitEmpty?: boolean } = {},
): FormatInput | undefined {
  const pieces = parseFormat(text, context);
  if (pieces === undefined) return undefined;
  const ops = pieces.map((piece) => ('text' in piece ? textOp(piece.text) : piece.operator));
  return { ops, omit_empty: options.omitEmpty === true };
}

const CONTROLS = ['\0', '\r', '\n'];

/**
 * Compiles the value of a header to add. An operator without a value leaves nothing, and a header that ends up
 * empty is not added unless keep_empty_value says so.
 */
export function compileHeaderValue(text: string, context: FormatContext): FormatInput | undefined {
  if (CONTROLS.some((control) => text.includes(control))) {
    context.diagnostics.error(context.path, 'rule', 'header values contain no line ends and no NUL');
    return undefined;
  }
  const format = compileFormat(text, context, { omitEmpty: true });
  // Of the texts, only those of the environment can still have line ends.
  const ops = format?.ops?.map((op) =>
    op.kind === FormatNodeKind.Text
      ? { ...op, text: CONTROLS.reduce((t, c) => t.replaceAll(c, ' '), op.text ?? '') }
      : op,
  );
  return format === undefined ? undefined : { ...format, ops };
}
