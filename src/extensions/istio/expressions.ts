/**
 * Expressions of CEL for the labels of Istio's metrics: attributes and constants. Each becomes what access logs
 * write for it; attributes: https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/advanced/attributes
 */
export type Expression = {
  /** As of an access log. */
  readonly format: string;
  /** What stands for nothing. */
  readonly otherwise: string;
  /** Of a request: a connection has none of it. */
  readonly ofRequest: boolean;
};

/** What Istio shows for an expression that fails. */
export const UNKNOWN = 'unknown';

const ofRequest = (operator: string, otherwise: string = UNKNOWN): Expression => ({
  format: `%${operator}%`,
  otherwise,
  ofRequest: true,
});
const ATTRIBUTES: Readonly<Record<string, Expression>> = {
  'request.host': ofRequest('REQ(:AUTHORITY)'),
  'request.id': ofRequest('REQ(X-REQUEST-ID)'),
  'request.method': ofRequest('REQ(:METHOD)'),
  'request.path': ofRequest('REQ(:PATH)'),
  'request.protocol': ofRequest('PROTOCOL'),
  'request.referer': ofRequest('REQ(REFERER)'),
  'request.scheme': ofRequest('REQ(:SCHEME)'),
  'request.useragent': ofRequest('REQ(USER-AGENT)'),
  'response.code': ofRequest('RESPONSE_CODE'),
  'response.code_details': ofRequest('RESPONSE_CODE_DETAILS'),
  // Names are there even if they are empty.
  'xds.route_name': ofRequest('ROUTE_NAME', ''),
};
const FIELD = /^(request\.headers|response\.headers|response\.trailers)\[(['"])([\w:!#$&*+.^|~-]+)\2\]$/;
const OPERATORS: Readonly<Record<string, string>> = {
  'request.headers': 'REQ',
  'response.headers': 'RESP',
  'response.trailers': 'TRAILER',
};
/** A text without escapes, a whole number, a truth value. */
const CONSTANT = /^(?:'([^'\\\n]*)'|"([^"\\\n]*)"|(0|-?[1-9]\d{0,17}|true|false))$/;

/** undefined: it is something else. */
export function readExpression(text: string): Expression | undefined {
  const trimmed = text.trim();
  const attribute = Object.hasOwn(ATTRIBUTES, trimmed) ? ATTRIBUTES[trimmed] : undefined;
  if (attribute !== undefined) return attribute;
  const [, map = '', , name] = FIELD.exec(trimmed) ?? [];
  if (name !== undefined) return ofRequest(`${OPERATORS[map]}(${name})`);
  const constant = CONSTANT.exec(trimmed);
  if (constant === null) return undefined;
  const value = constant[1] ?? constant[2] ?? constant[3] ?? '';
  return { format: value.replaceAll('%', '%%'), otherwise: value, ofRequest: false };
}
