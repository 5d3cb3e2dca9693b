import { defineLayout } from '../../tables/layout/dsl.ts';

/** envoy.extensions.filters.http.cors.v3 */
export const layout = defineLayout({
  enums: {
    OptionalFlag: ['Unset', 'No', 'Yes'],
  },
  structs: {
    CorsFilter: {
      extension: 'envoy.filters.http.cors',
      fields: {
        stats: 'stats:Cors',
        allow_origins: 'vec:StringMatcher',
        allow_methods: 'str',
        allow_headers: 'str',
        expose_headers: 'str',
        max_age: 'str',
        enabled: 'u32',
        shadow: 'u32',
        allow_credentials: 'enum:OptionalFlag',
        allow_private_network: 'enum:OptionalFlag',
        forward_not_matching: 'enum:OptionalFlag',
      },
      doc: 'The filter itself has the statistics, what routes set of it all the rest. enabled, shadow: of a million requests. What a policy leaves out those of wider scope say.',
    },
  },
});
