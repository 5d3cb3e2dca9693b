import { SupportRegistry } from '../../api/support.ts';
import { extensions, transportSockets, upstreamFilters } from '../../extensions/manifest.ts';
import { declareAccessLogs } from './access_log.ts';
import { declareBootstrap } from './bootstrap.ts';
import { declareClusters } from './cluster.ts';
import { declareHealthChecks } from './health_checks.ts';
import { declareOutlier } from './outlier.ts';
import { declareCore } from './core.ts';
import { declareResolvers } from './dns_resolver.ts';
import { declareListeners } from './listener.ts';
import { declareRoutes } from './route.ts';

let built: SupportRegistry | undefined;

/** Everything that works: built once, when first asked for. */
export function supportRegistry(): SupportRegistry {
  if (built !== undefined) return built;
  const registry = new SupportRegistry();
  declareCore(registry);
  declareBootstrap(registry);
  declareListeners(registry);
  declareClusters(registry);
  declareHealthChecks(registry);
  declareOutlier(registry);
  declareResolvers(registry);
  declareRoutes(registry);
  declareAccessLogs(registry);
  for (const extension of [...extensions, ...transportSockets]) {
    const { name, category, type, aliases, declare } = extension;
    const perRoute = 'perRoute' in extension ? extension.perRoute?.type : undefined;
    const overrides = perRoute === undefined ? [] : [perRoute];
    registry.extension({ name, category, type, overrides, aliases: aliases ?? [], since: '0.1.0' });
    declare(registry);
  }
  for (const { name, category, type, aliases, declare } of upstreamFilters) {
    registry.extension({ name, category, type, aliases: aliases ?? [], since: '0.1.0' });
    declare?.(registry);
  }
  built = registry;
  return registry;
}
