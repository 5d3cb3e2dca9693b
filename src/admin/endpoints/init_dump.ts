import { type Handler, json } from '../reply.ts';

/** What the start, or a new listener, is still waiting for. */
export const handle: Handler = ({ plane }) => {
  const dumps: { name: string; target_names: string[] }[] = [];
  const warming = [...plane.clusters.entries()].filter((entry) => entry.warming !== undefined);
  if (warming.length > 0)
    dumps.push({
      name: 'init manager Server',
      target_names: warming.map(({ name }) => `target Cluster ${name}`),
    });
  for (const { name, warming: version } of plane.listeners.entries()) {
    if (version === undefined) continue;
    dumps.push({
      name: `init manager Listener-local-init-manager ${name} ${version.hash}`,
      target_names: version.payload.routes.map(
        (route) => `target RdsRouteConfigSubscription init ${route.name}`,
      ),
    });
  }
  return json(dumps.length === 0 ? {} : { unready_targets_dumps: dumps });
};
