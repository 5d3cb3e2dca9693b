import { harmless, implemented } from '../../api/support.ts';
import { beforeLast } from '../../tables/support/values.ts';
import { child, text } from '../../tables/route_read.ts';
import { ALL } from '../rbac/declare.ts';
import { compileRules, rbacStats } from '../rbac/rules.ts';
import type { Extension } from '../types.ts';

const TYPE = 'envoy.extensions.filters.network.rbac.v3.RBAC';

/** envoy.filters.network.rbac: which connections are let in, once their first bytes are here. */
export const networkRbac: Extension = {
  name: 'envoy.filters.network.rbac',
  category: 'envoy.filters.network',
  type: TYPE,
  declare: (registry) => {
    registry.message(
      TYPE,
      {
        rules: implemented({ sample: ALL }),
        shadow_rules: implemented({ sample: ALL }),
        shadow_rules_stat_prefix: implemented(),
        stat_prefix: implemented(),
        enforcement_type: harmless('a connection is judged once, with its first bytes', {
          only: (type) => (type === 0 ? undefined : 'judging a connection again with what follows'),
        }),
      },
      { minimal: { stat_prefix: 'base' }, embed: beforeLast(TYPE) },
    );
  },
  compile: (config, context) => {
    const of = (field: string) =>
      compileRules(child(config, field), [...context.path, field], { ...context, requests: false });
    return {
      struct: 'NetworkRbac',
      value: {
        rules: of('rules'),
        shadow: of('shadow_rules'),
        stats: rbacStats(text(config, 'stat_prefix'), '', text(config, 'shadow_rules_stat_prefix')),
      },
    };
  },
};
