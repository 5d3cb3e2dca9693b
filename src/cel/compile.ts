import { nearest } from '../nearest.ts';
import { type CelNodeInput, CelOp as Op, CelTimePart as Part, CelType } from '../tables/generated/layout.ts';
import { regexFault } from '../tables/route_regex.ts';
import { ATTRIBUTES, type Attribute, UNSUPPORTED_ATTRIBUTES } from './attributes.ts';
import type { Expression } from './expression.ts';
import { parseExpression } from './parse.ts';

/** What is wrong with an expression: `unsupported` is what Envoy takes and attache does not. */
export type CelFault = {
  readonly code: 'rule' | 'unsupported';
  readonly message: string;
  readonly suggestion?: string;
};
export type CompiledCel = { readonly node: CelNodeInput } | { readonly fault: CelFault };

/** Deeper trees than this are refused: the evaluation recurses on the stack of a worker. */
const MAX_DEPTH = 100;

class Refused extends Error {
  readonly fault: CelFault;
  constructor(fault: CelFault) {
    super(fault.message);
    this.fault = fault;
  }
}

const refuse = (code: CelFault['code'], message: string, suggestion?: string): never => {
  throw new Refused(suggestion === undefined ? { code, message } : { code, message, suggestion });
};

/** Compiles an expression of the Common Expression Language over Envoy's attributes. */
export function compileCel(text: string): CompiledCel {
  const parsed = parseExpression(text);
  if ('fault' in parsed) return { fault: { code: 'rule', message: `no CEL expression: ${parsed.fault}` } };
  return compileExpression(parsed.expression);
}

/** The same of an expression that is parsed already. */
export function compileExpression(expression: Expression): CompiledCel {
  try {
    return { node: compile(expression, 0) };
  } catch (error) {
    if (error instanceof Refused) return { fault: error.fault };
    throw error;
  }
}

function compile(expression: Expression, depth: number): CelNodeInput {
  if (depth > MAX_DEPTH) refuse('unsupported', `more than ${MAX_DEPTH} operations within one another`);
  const next = (inner: Expression): CelNodeInput => compile(inner, depth + 1);
  switch (expression.kind) {
    case 'identifier':
      return identifier(expression.name);
    case 'select':
      return select(expression, next);
    case 'call':
      return call(expression, next);
    case 'list':
      return { op: Op.List, operands: expression.items.map(next) };
    case 'map':
      return { op: Op.Map, operands: expression.entries.flatMap(([key, value]) => [next(key), next(value)]) };
    case 'other':
      return refuse('unsupported', `${expression.what} is not supported in an expression`);
    default:
      return constant(expression);
  }
}

type Constant = Extract<
  Expression,
  { kind: 'null' | 'bool' | 'int' | 'uint' | 'double' | 'string' | 'bytes' }
>;

function constant(expression: Constant): CelNodeInput {
  switch (expression.kind) {
    case 'null':
      return { op: Op.Null };
    case 'bool':
      return { op: Op.Bool, number: expression.value ? 1n : 0n };
    case 'int':
      return { op: Op.Int, number: BigInt.asUintN(64, expression.value) };
    case 'uint':
      return { op: Op.Uint, number: expression.value };
    case 'double':
      return { op: Op.Double, number: bitsOf(expression.value) };
    case 'string':
      return { op: Op.String, text: bytesOf(expression.value) };
    case 'bytes':
      return { op: Op.Bytes, text: expression.value };
  }
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function bitsOf(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0);
}

/** The names of types, as values. */
const TYPES: Readonly<Record<string, CelType>> = {
  null_type: CelType.Null,
  bool: CelType.Bool,
  int: CelType.Int,
  uint: CelType.Uint,
  double: CelType.Double,
  string: CelType.String,
  bytes: CelType.Bytes,
  list: CelType.List,
  map: CelType.Map,
  type: CelType.Type,
};

function identifier(name: string): CelNodeInput {
  if (Object.hasOwn(ATTRIBUTES, name))
    refuse('unsupported', `${name} as a whole is not supported: name one of its attributes`);
  if (Object.hasOwn(UNSUPPORTED_ATTRIBUTES, name))
    refuse('unsupported', `the attribute ${name} is not supported yet`);
  if (Object.hasOwn(TYPES, name)) return { op: Op.Type, variant: TYPES[name] };
  const known = [...Object.keys(ATTRIBUTES), ...Object.keys(UNSUPPORTED_ATTRIBUTES)];
  return refuse('rule', `there is no attribute ${name}`, nearest(name, known));
}

type Next = (inner: Expression) => CelNodeInput;

function select(
  expression: { readonly operand: Expression; readonly field: string; readonly test: boolean },
  next: Next,
): CelNodeInput {
  const { operand, field, test } = expression;
  const found = attributeOf(operand, field);
  if (found !== undefined) {
    if ('headers' in found)
      return test ? { op: Op.Bool, number: 1n } : { op: Op.Headers, variant: found.headers };
    const op = test ? Op.HasAttribute : Op.Attribute;
    return { op, variant: found.attribute, detail: found.fact ?? 0 };
  }
  const of = next(operand);
  if (of.op === Op.Headers && !test) return { ...of, op: Op.Header, text: bytesOf(field.toLowerCase()) };
  return { op: test ? Op.HasField : Op.Field, text: bytesOf(field), operands: [of] };
}

/** The attribute that `group.name` means, if `group` is a group of attributes. */
function attributeOf(operand: Expression, name: string): Attribute | undefined {
  if (operand.kind !== 'identifier') return undefined;
  const group = operand.name;
  if (UNSUPPORTED_ATTRIBUTES[group]?.includes(name) === true)
    return refuse('unsupported', `the attribute ${group}.${name} is not supported yet`);
  const names = Object.hasOwn(ATTRIBUTES, group) ? ATTRIBUTES[group] : undefined;
  if (names === undefined) return undefined;
  if (Object.hasOwn(names, name)) return names[name];
  const suggestion = nearest(name, [...Object.keys(names), ...(UNSUPPORTED_ATTRIBUTES[group] ?? [])]);
  return refuse(
    'rule',
    `there is no attribute ${group}.${name}`,
    suggestion === undefined ? undefined : `${group}.${suggestion}`,
  );
}

/** By their names in a syntax tree; the arguments of a method include what it is called on. */
const FUNCTIONS: Readonly<Record<string, { readonly op: Op; readonly args: number }>> = {
  '_&&_': { op: Op.And, args: 2 },
  '_||_': { op: Op.Or, args: 2 },
  '!_': { op: Op.Not, args: 1 },
  '-_': { op: Op.Negate, args: 1 },
  '_?_:_': { op: Op.Conditional, args: 3 },
  '_==_': { op: Op.Equal, args: 2 },
  '_!=_': { op: Op.NotEqual, args: 2 },
  '_<_': { op: Op.Less, args: 2 },
  '_<=_': { op: Op.LessOrEqual, args: 2 },
  '_>_': { op: Op.Greater, args: 2 },
  '_>=_': { op: Op.GreaterOrEqual, args: 2 },
  '_+_': { op: Op.Add, args: 2 },
  '_-_': { op: Op.Subtract, args: 2 },
  '_*_': { op: Op.Multiply, args: 2 },
  '_/_': { op: Op.Divide, args: 2 },
  '_%_': { op: Op.Modulo, args: 2 },
  '_[_]': { op: Op.Index, args: 2 },
  '@in': { op: Op.In, args: 2 },
  size: { op: Op.Size, args: 1 },
  contains: { op: Op.Contains, args: 2 },
  startsWith: { op: Op.StartsWith, args: 2 },
  endsWith: { op: Op.EndsWith, args: 2 },
  matches: { op: Op.Matches, args: 2 },
  int: { op: Op.ToInt, args: 1 },
  uint: { op: Op.ToUint, args: 1 },
  double: { op: Op.ToDouble, args: 1 },
  bool: { op: Op.ToBool, args: 1 },
  bytes: { op: Op.ToBytes, args: 1 },
  duration: { op: Op.ToDuration, args: 1 },
  timestamp: { op: Op.ToTimestamp, args: 1 },
  type: { op: Op.TypeOf, args: 1 },
};

/** Methods of a timestamp (with a time zone, if any) or of a duration. */
const PARTS: Readonly<Record<string, Part>> = {
  getFullYear: Part.FullYear,
  getMonth: Part.Month,
  getDate: Part.Date,
  getDayOfMonth: Part.DayOfMonth,
  getDayOfWeek: Part.DayOfWeek,
  getDayOfYear: Part.DayOfYear,
  getHours: Part.Hours,
  getMinutes: Part.Minutes,
  getSeconds: Part.Seconds,
  getMilliseconds: Part.Milliseconds,
};

type Call = Extract<Expression, { kind: 'call' }>;

function call(expression: Call, next: Next): CelNodeInput {
  const { name, target } = expression;
  const args = target === undefined ? expression.args : [target, ...expression.args];
  // The value of a header or another attribute by a constant name: as with a dot.
  const [first, second] = args;
  if (name === '_[_]' && first !== undefined && second?.kind === 'string')
    return index(first, second.value, next);
  if (name === 'matches' && first !== undefined && second !== undefined && args.length === 2)
    return matches(first, second, next);
  if (name === 'dyn' && first !== undefined && args.length === 1) return next(first);
  if (Object.hasOwn(PARTS, name) && target !== undefined && args.length <= 2)
    return timePart(PARTS[name] as Part, args, next);
  const known = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (known === undefined) {
    if (name === 'string' || target?.kind === 'identifier')
      return refuse('unsupported', `the function ${name} is not supported in an expression`);
    const names = [...Object.keys(FUNCTIONS), ...Object.keys(PARTS)].filter((each) => /^\w+$/.test(each));
    return refuse('rule', `there is no function ${name}`, nearest(name, names));
  }
  if (args.length !== known.args)
    return refuse(
      'rule',
      `${name} takes ${known.args} argument${known.args === 1 ? '' : 's'}, not ${args.length}`,
    );
  return { op: known.op, operands: args.map(next) };
}

function index(of: Expression, name: string, next: Next): CelNodeInput {
  const group = of.kind === 'identifier' && Object.hasOwn(ATTRIBUTES, of.name);
  if (group) return select({ operand: of, field: name, test: false }, next);
  const map = next(of);
  if (map.op === Op.Headers) return { ...map, op: Op.Header, text: bytesOf(name.toLowerCase()) };
  return { op: Op.Index, operands: [map, constant({ kind: 'string', value: name })] };
}

function matches(value: Expression, pattern: Expression, next: Next): CelNodeInput {
  if (pattern.kind !== 'string')
    return refuse('unsupported', 'matches() takes a constant regular expression only');
  const fault = regexFault(pattern.value);
  if (fault !== null) return refuse('rule', `no regular expression: ${fault}`);
  // A match anywhere is enough.
  const patterns = [`(?s:.*)(?:${pattern.value})(?s:.*)`];
  return { op: Op.Matches, regex: { patterns }, operands: [next(value)] };
}

/** What a time zone may be: its distance from UTC. */
const OFFSET = /^[+-]?\d{1,2}:\d{2}$/;

function timePart(part: Part, args: readonly Expression[], next: Next): CelNodeInput {
  const [, zone] = args;
  const named = zone?.kind === 'string' && zone.value !== 'UTC' && !OFFSET.test(zone.value);
  if (named || (zone !== undefined && zone.kind !== 'string'))
    return refuse('unsupported', 'a time zone other than UTC or a distance such as +01:00 is not supported');
  return { op: Op.TimePart, variant: part, operands: args.map(next) };
}
