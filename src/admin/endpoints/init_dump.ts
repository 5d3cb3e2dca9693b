import type { TlsPart } from '../../tls/spec.ts';
import { type Handler, json } from '../reply.ts';

/** The names of the secrets that contexts are made of, each once. */
function secretsOf(contexts: readonly { readonly parts: readonly TlsPart[] }[] = []): string[] {
  const names = contexts.flatMap(({ parts }) => parts.flatMap(({ secret }) => secret?.name ?? []));
  return [...new Set(names)];
}

/** What the start, or a new listener, is still waiting for. */
export const handle: Handler = ({ plane }) => {
  const dumps: { name: string; target_names: string[] }[] = [];
  const warming = [...plane.clusters.entries()].filter((entry) => entry.warming !== undefined);
  if (warming.length > 0)
    dumps.push({
      name: 'init manager Server',
      target_names: warming.map(({ name }) => `target Cluster ${name}`),
    });
  const missing = new Set<string>();
  for (const [name, , active] of plane.secrets.wanted()) if (!active) missing.add(name);
  for (const { name, warming: version } of plane.listeners.entries()) {
    if (version === undefined) continue;
    dumps.push({
      name: `init manager Listener-local-init-manager ${name} ${version.hash}`,
      target_names: [
        ...version.payload.routes.map((route) => `target RdsRouteConfigSubscription init ${route.name}`),
        ...(version.payload.filters ?? []).map(({ name }) => `target FilterConfigSubscription init ${name}`),
        ...(version.payload.scopes ?? []).map(() => 'target SRDS'),
        ...secretsOf(version.payload.tls)
          .filter((secret) => missing.has(secret))
          .map((secret) => `target SdsApi ${secret}`),
      ],
    });
  }
  return json(dumps.length === 0 ? {} : { unready_targets_dumps: dumps });
};
