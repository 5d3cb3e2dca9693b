import { type CelFault, compileCel } from '../../cel/compile.ts';
import { type CelNodeInput, CelOp } from '../../tables/generated/layout.ts';

/** Attributes of what a connection has that filters of connections do not see (of xds but the name of the route). */
const OF_CONNECTIONS = /(^|[^.\w])(source|destination|connection|upstream|xds(?!\s*\.\s*route_name))\b/;
const TEXTS = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g;

/** The value of a label, an expression of CEL; `bytes`: of a connection. */
export function compileLabel(text: string, bytes: boolean): { node: CelNodeInput } | { fault: CelFault } {
  if (bytes && OF_CONNECTIONS.test(text.replace(TEXTS, "''"))) {
    const message = 'attributes of a connection are not supported by attache yet in labels of connections';
    return { fault: { code: 'unsupported', message } };
  }
  const compiled = compileCel(text);
  return 'node' in compiled ? { node: joining(compiled.node) } : compiled;
}

/** With `+` between texts too: Envoy's access logs have no such thing, Istio's metrics have. */
function joining(node: CelNodeInput): CelNodeInput {
  const operands = node.operands?.map(joining);
  return {
    ...node,
    ...(operands === undefined ? {} : { operands }),
    ...(node.op === CelOp.Add ? { variant: 1 } : {}),
  };
}
