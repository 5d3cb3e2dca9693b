import type { Diagnostics, Path } from '../api/diagnostics.ts';
import type { Message } from '../api/message.ts';
import { addressKey, compileAddress } from '../tables/address.ts';
import { AddressFamily } from '../tables/generated/layout.ts';
import { listenerAddresses } from '../tables/listener_compiler.ts';
import { nearest } from '../nearest.ts';
import { child, messages, text, texts } from '../tables/route_read.ts';

/** What a bootstrap's static resources (envoy.config.bootstrap.v3.Bootstrap) say about each other. */
export function checkBootstrapReferences(bootstrap: Message, diagnostics: Diagnostics): void {
  const fixed = child(bootstrap, 'static_resources');
  if (fixed !== undefined) {
    const clusters = messages(fixed, 'clusters');
    const listeners = messages(fixed, 'listeners');
    checkNames(clusters, 'cluster', ['static_resources', 'clusters'], diagnostics);
    checkNames(listeners, 'listener', ['static_resources', 'listeners'], diagnostics);
    checkNames(messages(fixed, 'secrets'), 'secret', ['static_resources', 'secrets'], diagnostics);
    checkAddresses(listeners, ['static_resources', 'listeners'], diagnostics);
  }
  const runtime = child(bootstrap, 'layered_runtime');
  if (runtime !== undefined) {
    checkNames(messages(runtime, 'layers'), 'layer', ['layered_runtime', 'layers'], diagnostics);
  }
}

/**
 * The management servers that the bootstrap itself names are clusters that stand in it, and whose hosts do not
 * come from such a server.
 */
export function checkServers(
  bootstrap: Message,
  clusters: ReadonlySet<string>,
  diagnostics: Diagnostics,
): void {
  const manager = child(bootstrap, 'cluster_manager');
  const loads = manager && child(manager, 'load_stats_config');
  if (loads !== undefined)
    checkServer(loads, ['cluster_manager', 'load_stats_config'], clusters, diagnostics);
  const authorities: [Message | undefined, Path][] = [
    ...messages(bootstrap, 'config_sources').map((one, i): [Message, Path] => [one, ['config_sources', i]]),
    [child(bootstrap, 'default_config_source'), ['default_config_source']],
  ];
  for (const [source, path] of authorities) {
    const api = source && child(source, 'api_config_source');
    if (api !== undefined) checkServer(api, [...path, 'api_config_source'], clusters, diagnostics);
  }
  const dynamic = child(bootstrap, 'dynamic_resources');
  if (dynamic === undefined) return;
  for (const field of ['ads_config', 'cds_config', 'lds_config']) {
    const source = child(dynamic, field);
    if (source === undefined) continue;
    const api = field === 'ads_config' ? source : child(source, 'api_config_source');
    const path: Path = ['dynamic_resources', field, ...(api === source ? [] : ['api_config_source'])];
    if (api !== undefined) checkServer(api, path, clusters, diagnostics);
  }
}

function checkServer(
  api: Message,
  path: Path,
  clusters: ReadonlySet<string>,
  diagnostics: Diagnostics,
): void {
  const [service] = messages(api, 'grpc_services');
  const envoy = service && child(service, 'envoy_grpc');
  const [name] = texts(api, 'cluster_names');
  const cluster = envoy === undefined ? name : text(envoy, 'cluster_name');
  if (cluster === undefined || clusters.has(cluster)) return;
  const below =
    envoy === undefined ? ['cluster_names', 0] : ['grpc_services', 0, 'envoy_grpc', 'cluster_name'];
  diagnostics.error([...path, ...below], 'reference', `there is no static cluster '${cluster}'`, {
    suggestion: nearest(cluster, clusters),
  });
}

/** Each name in a list is there once; what has none gets one of its own later. */
function checkNames(items: readonly Message[], what: string, path: Path, diagnostics: Diagnostics): void {
  const first = new Map<string, number>();
  items.forEach((item, i) => {
    const name = text(item, 'name');
    const before = name === '' ? undefined : first.get(name);
    if (before === undefined) {
      first.set(name, i);
      return;
    }
    const message = `${what} ${i} has the name of ${what} ${before}`;
    diagnostics.error([...path, i, 'name'], 'duplicate', message, { expected: 'another name' });
  });
}

/**
 * No two listeners have an address in common, whether they bind it or not, as in Envoy; nor has a
 * listener an address twice. Port 0 is another port each time.
 */
export function checkAddresses(listeners: readonly Message[], path: Path, diagnostics: Diagnostics): void {
  const first = new Map<string, number>();
  listeners.forEach((listener, i) => {
    for (const { address, path: below } of listenerAddresses(listener)) {
      const compiled = compileAddress(address);
      if (compiled === undefined) continue;
      if (compiled.family !== AddressFamily.Pipe && (compiled.port ?? 0) === 0) continue;
      const key = addressKey(compiled);
      const before = first.get(key);
      if (before === undefined) {
        first.set(key, i);
        continue;
      }
      const other = text(listeners[before] as Message, 'name') || `${before}`;
      const message =
        before === i ? 'the listener has this address twice' : `listener ${other} has this address already`;
      diagnostics.error([...path, i, ...below], 'duplicate', message, {
        expected: 'an address of its own',
      });
    }
  });
}
