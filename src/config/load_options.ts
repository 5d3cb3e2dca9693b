import type { Options } from '../flags.ts';
import type { LoadOptions } from './messages.ts';

/** The part of the command line that decides how configuration is read. */
export function loadOptions(options: Options): LoadOptions {
  return {
    unknownStatic: options.allowUnknownStaticFields ? 'warn' : 'reject',
    unknownDynamic: options.rejectUnknownDynamicFields
      ? 'reject'
      : options.ignoreUnknownDynamicFields
        ? 'ignore'
        : 'warn',
    skipDeprecated: options.skipDeprecatedLogs,
    serviceCluster: options.serviceCluster,
    serviceNode: options.serviceNode,
    serviceZone: options.serviceZone,
  };
}
