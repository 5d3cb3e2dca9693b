import { defineLayout } from '../../tables/layout/dsl.ts';

const stats = {
  allowed: 'stats:RbacCount',
  denied: 'stats:RbacCount',
  shadow_allowed: 'stats:RbacCount',
  shadow_denied: 'stats:RbacCount',
} as const;

/** envoy.config.rbac.v3, and the two filters that go by it */
export const layout = defineLayout({
  enums: {
    RbacAction: ['Allow', 'Deny', 'Log'],
    RbacTest: [
      'Any',
      'And',
      'Or',
      'Not',
      'Header',
      'Path',
      'DestinationIp',
      'DestinationPort',
      'ServerName',
      'Authenticated',
      'SourceIp',
      'DirectRemoteIp',
      'RemoteIp',
    ],
  },
  structs: {
    RbacNode: {
      fields: {
        test: 'enum:RbacTest',
        size: 'u32',
        text: 'opt:StringMatcher',
        header: 'opt:HeaderMatcher',
        range: 'opt:CidrRange',
        from: 'u32',
        to: 'u32',
      },
      doc: 'A test with those below it right behind it: size nodes, itself counted. Ports: from <= port < to. Path, ServerName: text; Authenticated: text, without it every peer with TLS.',
    },
    RbacPolicy: { fields: { name: 'str', nodes: 'vec:RbacNode' } },
    RbacRules: {
      fields: { action: 'enum:RbacAction', policies: 'vec:RbacPolicy' },
      doc: 'By name; the first policy that matches counts.',
    },
    RbacStats: { fields: stats },
    HttpRbac: {
      extension: 'envoy.filters.http.rbac',
      fields: { rules: 'opt:RbacRules', shadow: 'opt:RbacRules', stats: 'struct:RbacStats' },
      doc: 'Of a route: without statistics, those of the filter count.',
    },
    NetworkRbac: {
      extension: 'envoy.filters.network.rbac',
      fields: { rules: 'opt:RbacRules', shadow: 'opt:RbacRules', stats: 'struct:RbacStats' },
    },
  },
});
