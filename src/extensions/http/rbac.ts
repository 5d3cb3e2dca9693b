import type { ExtensionInput } from '../../tables/generated/layout.ts';
import type { Message } from '../../api/message.ts';
import { implemented } from '../../api/support.ts';
import type { RouteContext } from '../../tables/route_context.ts';
import { child, text } from '../../tables/route_read.ts';
import { ALL, declareRules } from '../rbac/declare.ts';
import { compileRules, rbacStats } from '../rbac/rules.ts';
import type { Extension } from '../types.ts';

const PACKAGE = 'envoy.extensions.filters.http.rbac.v3';

const rules = (config: Message | undefined, context: RouteContext) =>
  config === undefined
    ? {}
    : {
        rules: compileRules(child(config, 'rules'), [...context.path, 'rules'], context),
        shadow: compileRules(child(config, 'shadow_rules'), [...context.path, 'shadow_rules'], context),
      };

/** envoy.filters.http.rbac: which requests are let in. */
export const httpRbac: Extension = {
  name: 'envoy.filters.http.rbac',
  category: 'envoy.filters.http',
  type: `${PACKAGE}.RBAC`,
  declare: (registry) => {
    declareRules(registry, {
      message: `${PACKAGE}.RBAC`,
      wrap: (json) => ({ rules: json }),
    });
    registry
      .message(
        `${PACKAGE}.RBAC`,
        {
          rules: implemented({ sample: ALL }),
          rules_stat_prefix: implemented(),
          shadow_rules: implemented({ sample: ALL }),
          shadow_rules_stat_prefix: implemented(),
        },
        {
          embed: {
            message: 'envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter',
            wrap: (json) => ({
              name: 'base',
              typed_config: { '@type': `type.googleapis.com/${PACKAGE}.RBAC`, ...json },
            }),
          },
        },
      )
      .message(`${PACKAGE}.RBACPerRoute`, { rbac: implemented({ sample: { rules: ALL } }) });
  },
  compile: (config, context): ExtensionInput => ({
    struct: 'HttpRbac',
    value: {
      ...rules(config, context),
      stats: rbacStats(
        context.httpStat ?? '',
        text(config, 'rules_stat_prefix'),
        text(config, 'shadow_rules_stat_prefix'),
      ),
    },
  }),
  perRoute: {
    type: `${PACKAGE}.RBACPerRoute`,
    compile: (config, context) => ({
      struct: 'HttpRbac',
      value: rules(child(config, 'rbac'), { ...context, path: [...context.path, 'rbac'] }),
    }),
  },
};
