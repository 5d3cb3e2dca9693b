import { compileCel } from '../cel/compile.ts';
import type { FormatOpInput } from '../tables/generated/layout.ts';
import { AddressPart, FormatOperator, GrpcStatusForm, Mark, PathSource } from '../tables/generated/layout.ts';

/** The fields of an operator that its parameters decide, or what is wrong with them. */
export type Parsed =
  | Partial<FormatOpInput>
  | { readonly fault: string; readonly expected?: string; readonly suggestion?: string };

const HEADER_NAME = /^:?[!#$%&'*+\-.^_`|~0-9a-z]*$/;

function headerNames(parameter: string): Parsed {
  const names = parameter.toLowerCase().split('?');
  if (names.length > 2) {
    return { fault: 'more than one alternative header', expected: 'NAME or NAME?ALTERNATIVE' };
  }
  if (!names.every((name) => HEADER_NAME.test(name))) {
    return { fault: `'${parameter}' has characters that header names do not have` };
  }
  return { arg: names[0] ?? '', arg2: names[1] ?? '' };
}

/** A newline in a format would break lines and headers apart. */
const NEWLINE = /%[-_0^#]*[1-9]*[EO]?n/;

const timeFormat = (parameter: string): Parsed =>
  NEWLINE.test(parameter) ? { fault: 'the time format contains a newline' } : { arg: parameter };

const MARKS: Readonly<Record<string, Mark>> = {
  DS_RX_BEG: Mark.DownstreamRxBegin,
  DS_RX_END: Mark.DownstreamRxEnd,
  US_CX_BEG: Mark.UpstreamConnectBegin,
  US_CX_END: Mark.UpstreamConnectEnd,
  US_HS_END: Mark.UpstreamHandshakeEnd,
  US_TX_BEG: Mark.UpstreamTxBegin,
  US_TX_END: Mark.UpstreamTxEnd,
  US_RX_BEG: Mark.UpstreamRxBegin,
  US_RX_BODY_BEG: Mark.UpstreamRxBodyBegin,
  US_RX_END: Mark.UpstreamRxEnd,
  DS_TX_BEG: Mark.DownstreamTxBegin,
  DS_TX_END: Mark.DownstreamTxEnd,
};
const DIGITS: Readonly<Record<string, number>> = { ms: 3, us: 6, ns: 9 };

function commonDuration(parameter: string): Parsed {
  const expected = 'START:END or START:END:ms|us|ns';
  const parts = parameter.split(':');
  const [begin = '', end = '', precision = 'ms'] = parts;
  if (parts.length < 2 || parts.length > 3) return { fault: `'${parameter}' is not a duration`, expected };
  const digits = DIGITS[precision];
  if (digits === undefined) return { fault: `the precision '${precision}' is not known`, expected };
  // Filters can mark moments of their own in Envoy; one that no filter marks never comes there either.
  const mark = (name: string): number => MARKS[name] ?? Mark.None;
  return { max_length: mark(begin) | (mark(end) << 8) | (digits << 16) };
}

const GRPC_FORMS: Readonly<Record<string, GrpcStatusForm>> = {
  '': GrpcStatusForm.Camel,
  CAMEL_STRING: GrpcStatusForm.Camel,
  SNAKE_STRING: GrpcStatusForm.Snake,
  NUMBER: GrpcStatusForm.Number,
};

function grpcForm(parameter: string): Parsed {
  const variant = GRPC_FORMS[parameter];
  if (variant !== undefined) return { variant };
  return { fault: `'${parameter}' is not a form`, expected: 'CAMEL_STRING, SNAKE_STRING or NUMBER' };
}

const PATH_SOURCES: Readonly<Record<string, PathSource>> = {
  '': PathSource.OriginalOrPath,
  ORIG_OR_PATH: PathSource.OriginalOrPath,
  PATH: PathSource.Path,
  ORIG: PathSource.Original,
};
const WITHOUT_QUERY = 16;

function pathParts(parameter: string): Parsed {
  const [query = '', source = '', ...more] = parameter.split(':');
  const from = PATH_SOURCES[source];
  if (!['', 'WQ', 'NQ'].includes(query) || from === undefined || more.length > 0) {
    return {
      fault: `'${parameter}' is not a part of a path`,
      expected: 'WQ or NQ, then :ORIG, :PATH or none',
    };
  }
  return { variant: from | (query === 'NQ' ? WITHOUT_QUERY : 0) };
}

function networkPrefix(parameter: string): Parsed {
  if (parameter === '') return {};
  const bits = Number(parameter);
  if (!/^[0-9]+$/.test(parameter) || bits > 128) {
    return { fault: `'${parameter}' is not a prefix length`, expected: 'a number from 0 to 128' };
  }
  return { variant: AddressPart.Network, max_length: bits };
}

function expression(parameter: string): Parsed {
  const compiled = compileCel(parameter);
  if ('node' in compiled) return { cel: compiled.node };
  const { message, suggestion } = compiled.fault;
  return suggestion === undefined ? { fault: message } : { fault: message, suggestion };
}

/** Reads what stands in an operator's parentheses; `''` when there are none. */
export function parseParameters(op: FormatOperator, variant: number, parameter: string): Parsed {
  switch (op) {
    case FormatOperator.RequestHeader:
    case FormatOperator.ResponseHeader:
    case FormatOperator.ResponseTrailer:
      return headerNames(parameter);
    case FormatOperator.StartTime:
    case FormatOperator.EmitTime:
      return timeFormat(parameter);
    case FormatOperator.CommonDuration:
      return commonDuration(parameter);
    case FormatOperator.GrpcStatus:
      return variant === GrpcStatusForm.Number ? {} : grpcForm(parameter);
    case FormatOperator.Path:
      return pathParts(parameter);
    case FormatOperator.Cel:
      return expression(parameter);
    case FormatOperator.QueryParam:
      return { arg: parameter };
    case FormatOperator.QueryParams:
      if (parameter === '' || parameter === 'ORIG') return {};
      return { fault: `QUERY_PARAMS(${parameter}) is not supported`, expected: 'ORIG' };
    case FormatOperator.ResponseCodeDetails:
      return { variant: parameter === 'ALLOW_WHITESPACES' ? 1 : 0 };
    default:
      return variant === AddressPart.WithoutPort ? networkPrefix(parameter) : {};
  }
}
