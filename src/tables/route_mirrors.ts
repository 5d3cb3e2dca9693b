import type { Path } from '../api/diagnostics.ts';
import type { Message } from '../api/message.ts';
import { perMillion } from './fraction.ts';
import type { MirrorInput } from './generated/layout.ts';
import { checkCluster, type HostScope, refuse } from './route_context.ts';
import { compileSteps } from './route_headers.ts';
import { child, flag, has, messages, text } from './route_read.ts';

const FIELD = 'request_mirror_policies';

/** The policies of the route, or else of its virtual host, or else of the table. */
export function compileMirrors(action: Message, path: Path, scope: HostScope): MirrorInput[] | undefined {
  const levels: readonly (readonly [Message, Path])[] = [
    [action, path],
    [scope.host, scope.hostPath],
    [scope.config, scope.path],
  ];
  const level = levels.find(([message]) => messages(message, FIELD).length > 0);
  if (level === undefined) return undefined;
  const [message, at] = level;
  return messages(message, FIELD).map((policy, i) => compileMirror(policy, [...at, FIELD, i], scope));
}

function compileMirror(policy: Message, path: Path, scope: HostScope): MirrorInput {
  const cluster = text(policy, 'cluster');
  if (cluster === '' && !has(policy, 'cluster_header'))
    refuse(scope, path, 'rule', 'the policy names no cluster', 'the name of a cluster');
  checkCluster(cluster, [...path, 'cluster'], scope);
  return {
    cluster,
    million: perMillion(child(policy, 'runtime_fraction'), 1_000_000),
    host: text(policy, 'host_rewrite_literal'),
    keep_host: flag(policy, 'disable_shadow_host_suffix_append'),
    mutations: compileSteps(
      messages(policy, 'request_headers_mutations'),
      [...path, 'request_headers_mutations'],
      scope,
    ),
  };
}
