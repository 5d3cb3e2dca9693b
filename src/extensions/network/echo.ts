import type { Extension } from '../types.ts';

const TYPE = 'envoy.extensions.filters.network.echo.v3.Echo';

/** envoy.filters.network.echo: sends back what it gets. */
export const echo: Extension = {
  name: 'envoy.filters.network.echo',
  category: 'envoy.filters.network',
  type: TYPE,
  aliases: ['envoy.echo'],
  terminal: true,
  declare: (registry) => {
    registry.message(TYPE, {});
  },
  compile: () => ({ struct: 'Echo', value: {} }),
};
