import { DescriptorPool } from '../api/descriptor.ts';
import { isMessage, type Message } from '../api/message.ts';
import { decodeAny, WireError } from '../api/wire.ts';
import type { Resource } from './resource.ts';
import { typeUrls } from './resource_types.ts';
import type { View } from './view.ts';

/** Where the views of a snapshot come from. */
export interface Views {
  view(typeUrl: string): View | undefined;
}

/** By resource: one is read once. */
const known = new WeakMap<Resource, readonly string[]>();

/** The names that a resource asks for over the stream that it came on. */
function referencesOf(resource: Resource): readonly string[] {
  let names = known.get(resource);
  if (names === undefined) {
    names = read(resource);
    known.set(resource, names);
  }
  return names;
}

function read(resource: Resource): readonly string[] {
  try {
    return namesIn(resource.typeUrl, resource.message());
  } catch (error) {
    if (error instanceof WireError) return [];
    throw error;
  }
}

function namesIn(typeUrl: string, message: Message): readonly string[] {
  switch (typeUrl) {
    case typeUrls.clusters:
      return endpointsOf(message);
    case typeUrls.scopedRoutes:
      return typeof message.route_configuration_name === 'string' ? [message.route_configuration_name] : [];
    default:
      return routesOf(message);
  }
}

function messageIn(message: Message | undefined, field: string): Message | undefined {
  const value = message?.[field];
  return isMessage(value) ? value : undefined;
}

const textIn = (message: Message | undefined, field: string): string => {
  const value = message?.[field];
  return typeof value === 'string' ? value : '';
};

/** Sources whose resources come from here: `ads`, and what names a server. */
const fromServer = (source: Message | undefined): boolean =>
  source !== undefined && (source.ads !== undefined || source.api_config_source !== undefined);

const EDS = 3;

function endpointsOf(cluster: Message): readonly string[] {
  const config = messageIn(cluster, 'eds_cluster_config');
  if (cluster.type !== EDS || !fromServer(messageIn(config, 'eds_config'))) return [];
  return [textIn(config, 'service_name') || textIn(cluster, 'name')];
}

/** Route tables of the HTTP connection managers in a listener. */
function routesOf(listener: Message): readonly string[] {
  const names = new Set<string>();
  const chains = [
    ...((listener.filter_chains ?? []) as readonly Message[]),
    messageIn(listener, 'default_filter_chain'),
  ];
  const configs = chains.flatMap((chain) =>
    ((chain?.filters ?? []) as readonly Message[]).map((filter) => messageIn(filter, 'typed_config')),
  );
  configs.push(messageIn(messageIn(listener, 'api_listener'), 'api_listener'));
  for (const any of configs) {
    const rds = any && messageIn(decodeAny(DescriptorPool.load(), any), 'rds');
    const name = textIn(rds, 'route_config_name');
    if (name !== '' && fromServer(messageIn(rds, 'config_source'))) names.add(name);
  }
  return [...names];
}

/** One sentence for each thing that does not fit. */
export function checkConsistency(views: Views): string[] {
  const { clusters, endpoints, listeners, routes, scopedRoutes } = typeUrls;
  return [
    ...compare(views, [clusters], endpoints, 'endpoints', 'cluster'),
    ...compare(views, [listeners, scopedRoutes], routes, 'route table', 'listener'),
  ];
}

function compare(views: Views, from: readonly string[], to: string, what: string, who: string): string[] {
  const problems: string[] = [];
  const wanted = new Set<string>();
  const there = views.view(to)?.resources;
  for (const typeUrl of from) {
    for (const resource of views.view(typeUrl)?.resources ?? []) {
      for (const name of referencesOf(resource)) {
        if (there?.get(name) === undefined && !wanted.has(name))
          problems.push(`the ${what} "${name}" that ${who} "${resource.name}" needs is missing`);
        wanted.add(name);
      }
    }
  }
  for (const { name } of there ?? [])
    if (!wanted.has(name)) problems.push(`no ${who} asks for the ${what} "${name}"`);
  return problems;
}
