import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fromSources, packageRoot } from '../paths.ts';
import type { Expression } from './expression.ts';

type Parsed = { readonly expression: Expression } | { readonly fault: string };

/**
 * Reads an expression in the syntax of the CEL specification. `fault` says what is wrong and at which character,
 * counted from 1.
 */
export function parseExpression(text: string): Parsed {
  try {
    const { expr } = library().parse(text);
    return expr === undefined ? { fault: 'the expression is empty' } : { expression: ofNode(expr) };
  } catch (error) {
    if (error instanceof RangeError) return { fault: 'it is nested too deeply' };
    if (!isSyntaxFault(error)) throw error;
    const { offset } = error.location.start;
    return { fault: `${brief(error.rawMessage)} (at character ${offset + 1})` };
  }
}

/** What may stand at the beginning of an expression is a list of its own. */
const brief = (message: string): string =>
  message.length <= 80 ? message : message.slice(0, message.indexOf(' but expecting'));

type SyntaxFault = {
  readonly rawMessage: string;
  readonly location: { readonly start: { readonly offset: number } };
};

const isSyntaxFault = (error: unknown): error is SyntaxFault =>
  error instanceof Error && 'rawMessage' in error && 'location' in error;

/** cel.expr.Expr as the library has it, as far as it is read here. */
type Node = { readonly exprKind: Kind };
type Kind =
  | { readonly case: 'constExpr'; readonly value: { readonly constantKind: Constant } }
  | { readonly case: 'identExpr'; readonly value: { readonly name: string } }
  | {
      readonly case: 'selectExpr';
      readonly value: { readonly operand?: Node; readonly field: string; readonly testOnly: boolean };
    }
  | {
      readonly case: 'callExpr';
      readonly value: { readonly function: string; readonly target?: Node; readonly args: readonly Node[] };
    }
  | { readonly case: 'listExpr'; readonly value: { readonly elements: readonly Node[] } }
  | {
      readonly case: 'structExpr';
      readonly value: { readonly messageName: string; readonly entries: readonly Entry[] };
    }
  | { readonly case: 'comprehensionExpr' | undefined };
type Entry = {
  readonly keyKind: { readonly case: string | undefined; readonly value?: unknown };
  readonly value?: Node;
};
type Constant =
  | { readonly case: 'nullValue' | undefined }
  | { readonly case: 'boolValue'; readonly value: boolean }
  | { readonly case: 'int64Value' | 'uint64Value'; readonly value: bigint }
  | { readonly case: 'doubleValue'; readonly value: number }
  | { readonly case: 'stringValue'; readonly value: string }
  | { readonly case: 'bytesValue'; readonly value: Uint8Array };

type Library = { readonly parse: (text: string) => { readonly expr?: Node } };
let loaded: Library | undefined;

/** Loaded with the first expression: a configuration without any pays nothing. */
function library(): Library {
  const load = createRequire(import.meta.url);
  loaded ??= fromSources
    ? (load('@bufbuild/cel') as Library)
    : (load(join(packageRoot, 'dist/load.cjs')) as { load: (name: string) => Library }).load('cel_parser');
  return loaded;
}

function ofNode(node: Node | undefined): Expression {
  const kind = node?.exprKind;
  switch (kind?.case) {
    case 'constExpr':
      return ofConstant(kind.value.constantKind);
    case 'identExpr':
      return { kind: 'identifier', name: kind.value.name };
    case 'selectExpr': {
      const { operand, field, testOnly } = kind.value;
      return { kind: 'select', operand: ofNode(operand), field, test: testOnly };
    }
    case 'callExpr': {
      const { target, args } = kind.value;
      const call = { kind: 'call', name: kind.value.function, args: args.map(ofNode) } as const;
      return target === undefined ? call : { ...call, target: ofNode(target) };
    }
    case 'listExpr':
      return { kind: 'list', items: kind.value.elements.map(ofNode) };
    case 'structExpr':
      return ofStruct(kind.value.messageName, kind.value.entries);
    default:
      return { kind: 'other', what: 'a macro over a list' };
  }
}

function ofStruct(message: string, entries: readonly Entry[]): Expression {
  if (message !== '') return { kind: 'other', what: `a message (${message})` };
  const pairs = entries.map(({ keyKind, value }) => [ofNode(keyKind.value as Node), ofNode(value)] as const);
  return { kind: 'map', entries: pairs };
}

function ofConstant(constant: Constant): Expression {
  switch (constant.case) {
    case 'boolValue':
      return { kind: 'bool', value: constant.value };
    case 'int64Value':
      return { kind: 'int', value: constant.value };
    case 'uint64Value':
      return { kind: 'uint', value: constant.value };
    case 'doubleValue':
      return { kind: 'double', value: constant.value };
    case 'stringValue':
      return { kind: 'string', value: constant.value };
    case 'bytesValue':
      return { kind: 'bytes', value: constant.value };
    default:
      return { kind: 'null' };
  }
}
