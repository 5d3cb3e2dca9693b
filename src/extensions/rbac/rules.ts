import type { Path } from '../../api/diagnostics.ts';
import type { Message } from '../../api/message.ts';
import { cidrRange } from '../../tables/filter_chain_match.ts';
import {
  type RbacAction,
  type RbacNodeInput,
  type RbacPolicyInput,
  type RbacRulesInput,
  type RbacStatsInput,
  RbacTest,
} from '../../tables/generated/layout.ts';
import type { RouteContext } from '../../tables/route_context.ts';
import { child, has, messages, number } from '../../tables/route_read.ts';
import { compileHeaderMatcher, compileString } from '../../tables/route_string.ts';

/** `requests` false: the rules are for connections alone. */
type RulesContext = RouteContext & { readonly requests?: boolean };

/** Nodes with those below them, in the order of the record. */
type Tree = readonly RbacNodeInput[];

const leaf = (test: RbacTest, more: Partial<RbacNodeInput> = {}): Tree => [{ test, size: 1, ...more }];
function over(test: RbacTest, trees: readonly Tree[]): Tree {
  const below = trees.flat();
  return [{ test, size: 1 + below.length }, ...below];
}

const RANGES = [
  ['destination_ip', RbacTest.DestinationIp],
  ['source_ip', RbacTest.SourceIp],
  ['direct_remote_ip', RbacTest.DirectRemoteIp],
  ['remote_ip', RbacTest.RemoteIp],
] as const;
const SETS = [
  ['and_rules', 'rules', RbacTest.And],
  ['or_rules', 'rules', RbacTest.Or],
  ['and_ids', 'ids', RbacTest.And],
  ['or_ids', 'ids', RbacTest.Or],
] as const;

/** envoy.config.rbac.v3.Permission or Principal, which have most of their tests in common. */
function compileTest(of: Message, path: Path, context: RulesContext): Tree {
  for (const [field, list, test] of SETS) {
    const set = child(of, field);
    if (set === undefined) continue;
    return over(
      test,
      messages(set, list).map((each, i) => compileTest(each, [...path, field, list, i], context)),
    );
  }
  for (const field of ['not_rule', 'not_id']) {
    const inner = child(of, field);
    if (inner !== undefined) return over(RbacTest.Not, [compileTest(inner, [...path, field], context)]);
  }
  for (const [field, test] of RANGES) {
    const range = child(of, field);
    if (range !== undefined) return leaf(test, { range: cidrRange(range, [...path, field], context) });
  }
  return compileLeaf(of, path, context);
}

function compileLeaf(of: Message, path: Path, context: RulesContext): Tree {
  const text = (message: Message, ...field: string[]) => compileString(message, [...path, ...field], context);
  const header = child(of, 'header');
  if (header !== undefined && context.requests === false) {
    const message = 'a connection has no headers';
    context.diagnostics.error([...path, 'header'], 'rule', message, { expected: 'another test' });
    return leaf(RbacTest.Any);
  }
  if (header !== undefined)
    return leaf(RbacTest.Header, { header: compileHeaderMatcher(header, [...path, 'header'], context) });
  const url = child(of, 'url_path');
  const pattern = url === undefined ? undefined : child(url, 'path');
  if (pattern !== undefined) return leaf(RbacTest.Path, { text: text(pattern, 'url_path', 'path') });
  const name = child(of, 'requested_server_name');
  if (name !== undefined) return leaf(RbacTest.ServerName, { text: text(name, 'requested_server_name') });
  const authenticated = child(of, 'authenticated');
  if (authenticated !== undefined) {
    const principal = child(authenticated, 'principal_name');
    if (principal === undefined) return leaf(RbacTest.Authenticated);
    return leaf(RbacTest.Authenticated, { text: text(principal, 'authenticated', 'principal_name') });
  }
  if (has(of, 'destination_port')) {
    const port = number(of, 'destination_port');
    return leaf(RbacTest.DestinationPort, { from: port, to: port + 1 });
  }
  const ports = child(of, 'destination_port_range');
  if (ports !== undefined) return portRange(ports, [...path, 'destination_port_range'], context);
  return leaf(RbacTest.Any);
}

function portRange(range: Message, path: Path, { diagnostics }: RouteContext): Tree {
  const [from, to] = [number(range, 'start'), number(range, 'end')];
  if (from < 0 || to > 65_536 || from >= to) {
    diagnostics.error(path, 'rule', `the ports from ${from} to below ${to}`, {
      expected: 'a range of ports, whose end is not of it',
    });
  }
  return leaf(RbacTest.DestinationPort, { from: Math.max(from, 0), to: Math.max(to, 0) });
}

function compilePolicy(name: string, policy: Message, path: Path, context: RulesContext): RbacPolicyInput {
  const any = (field: string): Tree =>
    over(
      RbacTest.Or,
      messages(policy, field).map((each, i) => compileTest(each, [...path, field, i], context)),
    );
  return { name, nodes: over(RbacTest.And, [any('permissions'), any('principals')]) };
}

/** envoy.config.rbac.v3.RBAC; undefined: there are no rules. */
export function compileRules(
  rules: Message | undefined,
  path: Path,
  context: RulesContext,
): RbacRulesInput | undefined {
  if (rules === undefined) return undefined;
  const policies = rules.policies as ReadonlyMap<string, Message> | undefined;
  const sorted = [...(policies ?? [])].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return {
    action: number(rules, 'action') as RbacAction,
    policies: sorted.map(([name, policy]) =>
      compilePolicy(name, policy, [...path, 'policies', name], context),
    ),
  };
}

/** With a dot behind it, if it is not empty and has none. */
const dotted = (prefix: string): string => (prefix === '' || prefix.endsWith('.') ? prefix : `${prefix}.`);

/** The statistics of a filter: `prefix` is that of what is around it, the others are those of its rules. */
export function rbacStats(prefix: string, rules = '', shadow = ''): RbacStatsInput {
  const own = `${dotted(prefix)}rbac.`;
  return {
    allowed: `${own}${dotted(rules)}allowed`,
    denied: `${own}${dotted(rules)}denied`,
    shadow_allowed: `${own}${dotted(shadow)}shadow_allowed`,
    shadow_denied: `${own}${dotted(shadow)}shadow_denied`,
  };
}
