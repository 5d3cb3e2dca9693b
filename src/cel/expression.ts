/** The syntax of an expression, whatever it was read from: source text, or a message of google.api.expr. */
export type Expression =
  | { readonly kind: 'null' }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'int' | 'uint'; readonly value: bigint }
  | { readonly kind: 'double'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'bytes'; readonly value: Uint8Array }
  | { readonly kind: 'identifier'; readonly name: string }
  | {
      readonly kind: 'select';
      readonly operand: Expression;
      readonly field: string;
      /** has(operand.field) */
      readonly test: boolean;
    }
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly target?: Expression;
      readonly args: readonly Expression[];
    }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [Expression, Expression])[] }
  /** What is not built: a message literal, a macro over a list. */
  | { readonly kind: 'other'; readonly what: string };
