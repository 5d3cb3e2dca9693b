import type { Message } from '../api/message.ts';
import { type FormatInput, FormatNodeKind, type FormatOpInput } from '../tables/generated/layout.ts';
import { type FormatContext, type Piece, parseFormat, textOp } from './format.ts';

/** As deep as the data plane nests (kMaxDepth in native/accesslog/format.cc). */
const MAX_DEPTH = 32;

/** A JSON format as a tree: what is constant is written already. */
type Node =
  | { readonly kind: 'constant'; readonly json: string }
  | { readonly kind: 'null' }
  | { readonly kind: 'typed'; readonly operator: FormatOpInput }
  | { readonly kind: 'string'; readonly pieces: readonly Piece[] }
  | { readonly kind: 'object'; readonly members: readonly (readonly [key: string, value: Node])[] }
  | { readonly kind: 'list'; readonly items: readonly Node[] };

/** Compiles a google.protobuf.Struct (`json_format`); undefined after reporting what is wrong. */
export function compileJsonFormat(
  struct: Message,
  context: FormatContext,
  options: { readonly omitEmpty?: boolean } = {},
): FormatInput | undefined {
  const root = readObject(struct, context, 1);
  if (root === undefined) return undefined;
  const omit = options.omitEmpty === true;
  return { json: true, omit_empty: omit, ops: omit ? treeOps(root, '') : flatOps(root) };
}

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

function tooDeep(context: FormatContext, depth: number): boolean {
  if (depth <= MAX_DEPTH) return false;
  context.diagnostics.error(context.path, 'rule', `a JSON format has at most ${MAX_DEPTH} levels`);
  return true;
}

function readObject(struct: Message, context: FormatContext, depth: number): Node | undefined {
  if (tooDeep(context, depth)) return undefined;
  const fields = (struct.fields as ReadonlyMap<string, Message> | undefined) ?? new Map<string, Message>();
  const members: [string, Node][] = [];
  let ok = true;
  for (const key of [...fields.keys()].sort(byBytes)) {
    const node = readValue(fields.get(key), { ...context, path: [...context.path, key] }, depth);
    if (node === undefined) ok = false;
    else members.push([key, node]);
  }
  return ok ? { kind: 'object', members } : undefined;
}

function readList(list: Message, context: FormatContext, depth: number): Node | undefined {
  if (tooDeep(context, depth)) return undefined;
  const values = (list.values as readonly Message[] | undefined) ?? [];
  const items = values.map((value, i) => readValue(value, { ...context, path: [...context.path, i] }, depth));
  return items.includes(undefined) ? undefined : { kind: 'list', items: items as Node[] };
}

function readValue(value: Message | undefined, context: FormatContext, depth: number): Node | undefined {
  if (value === undefined) return { kind: 'null' };
  if (typeof value.number_value === 'number') {
    return { kind: 'constant', json: jsonNumber(value.number_value) };
  }
  if (typeof value.bool_value === 'boolean') return { kind: 'constant', json: String(value.bool_value) };
  if (typeof value.string_value === 'string') return readText(value.string_value, context);
  if (value.struct_value !== undefined) return readObject(value.struct_value as Message, context, depth + 1);
  if (value.list_value !== undefined) return readList(value.list_value as Message, context, depth + 1);
  return { kind: 'null' };
}

function readText(text: string, context: FormatContext): Node | undefined {
  const pieces = parseFormat(text, context);
  if (pieces === undefined) return undefined;
  // One operator keeps its type; several, or text around one, make a string.
  const [first, second] = pieces;
  if (first !== undefined && second === undefined && 'operator' in first) {
    return { kind: 'typed', operator: { ...first.operator, json_typed: true } };
  }
  if (pieces.every((piece) => 'text' in piece)) {
    const whole = pieces.map((piece) => ('text' in piece ? piece.text : '')).join('');
    return { kind: 'constant', json: JSON.stringify(whole) };
  }
  return { kind: 'string', pieces };
}

/** Text as the inside of a JSON string. */
const escaped = (text: string): string => JSON.stringify(text).slice(1, -1);

const stringOps = (pieces: readonly Piece[]): FormatOpInput[] =>
  pieces.map((piece) => ('text' in piece ? textOp(escaped(piece.text)) : piece.operator));

/** All members always: constant text with operators in between. */
function flatOps(root: Node): FormatOpInput[] {
  const ops: FormatOpInput[] = [];
  let pending = '';
  const put = (op: FormatOpInput): void => {
    if (op.kind === FormatNodeKind.Text) {
      pending += op.text ?? '';
      return;
    }
    if (pending !== '') ops.push(textOp(pending));
    pending = '';
    ops.push(op);
  };
  const write = (node: Node): void => {
    switch (node.kind) {
      case 'constant':
        pending += node.json;
        return;
      case 'null':
        pending += 'null';
        return;
      case 'typed':
        put(node.operator);
        return;
      case 'string':
        pending += '"';
        stringOps(node.pieces).forEach(put);
        pending += '"';
        return;
      case 'object':
        node.members.forEach(([key, value], i) => {
          pending += `${i === 0 ? '{' : ','}${JSON.stringify(key)}:`;
          write(value);
        });
        pending += node.members.length === 0 ? '{}' : '}';
        return;
      case 'list':
        pending += '[';
        node.items.forEach((item, i) => {
          if (i > 0) pending += ',';
          write(item);
        });
        pending += ']';
    }
  };
  write(root);
  if (pending !== '') ops.push(textOp(pending));
  return ops;
}

/** Members without a value go, so the data plane has to see where each begins. `before` is its key. */
function treeOps(node: Node, before: string): FormatOpInput[] {
  switch (node.kind) {
    case 'null':
      return [];
    case 'constant':
      return [{ kind: FormatNodeKind.Constant, text: before + node.json }];
    case 'typed':
      return [{ ...node.operator, text: before }];
    case 'string':
      return [
        { kind: FormatNodeKind.StringBegin, text: before },
        ...stringOps(node.pieces),
        { kind: FormatNodeKind.StringEnd },
      ];
    case 'object':
      return [
        { kind: FormatNodeKind.ObjectBegin, text: before },
        ...node.members.flatMap(([key, value]) => treeOps(value, `${JSON.stringify(key)}:`)),
        { kind: FormatNodeKind.ObjectEnd },
      ];
    case 'list':
      return [
        { kind: FormatNodeKind.ListBegin, text: before },
        ...node.items.flatMap((item) => treeOps(item, '')),
        { kind: FormatNodeKind.ListEnd },
      ];
  }
}

/**
 * A number as Envoy writes it: the shorter of 123000 and 1.23e+05, the first when both are as long (what C++'s
 * std::to_chars does; JavaScript's own notation changes at other sizes).
 */
export function jsonNumber(value: number): string {
  if (Number.isNaN(value)) return 'null';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  const digits = String(Math.abs(power)).padStart(2, '0');
  const scientific = `${mantissa}e${power < 0 ? '-' : '+'}${digits}`;
  const fixed = fixedNotation(value, mantissa, power);
  return fixed.length <= scientific.length ? fixed : scientific;
}

function fixedNotation(value: number, mantissa: string, power: number): string {
  if (Number.isInteger(value)) return BigInt(value).toString();
  const sign = value < 0 ? '-' : '';
  const digits = mantissa.replace(/[-.]/g, '');
  if (power < 0) return `${sign}0.${'0'.repeat(-power - 1)}${digits}`;
  return `${sign}${digits.slice(0, power + 1)}.${digits.slice(power + 1)}`;
}
