import type { Path } from '../api/diagnostics.ts';
import type { Message } from '../api/message.ts';
import type { ExtensionContext } from '../extensions/types.ts';
import type { UpgradeInput } from './generated/layout.ts';
import { child, flag, messages, text, wrappedFlag } from './route_read.ts';

/** `upgrade_configs` of a connection manager or of a route: which protocols requests may change to. */
export function compileUpgrades(
  of: Message,
  path: Path,
  { diagnostics }: Pick<ExtensionContext, 'diagnostics'>,
): UpgradeInput[] {
  const seen = new Set<string>();
  return messages(of, 'upgrade_configs').map((config, i) => {
    const name = text(config, 'upgrade_type');
    const type = name.toLowerCase();
    const where = [...path, 'upgrade_configs', i];
    if (type === '') diagnostics.error([...where, 'upgrade_type'], 'rule', 'an upgrade needs a type');
    else if (seen.has(type)) {
      diagnostics.error(
        [...where, 'upgrade_type'],
        'rule',
        `the upgrade ${JSON.stringify(name)} stands twice`,
      );
    }
    seen.add(type);
    const connect = child(config, 'connect_config');
    if (connect !== undefined && type !== 'connect')
      diagnostics.error(
        [...where, 'connect_config'],
        'rule',
        `the upgrade ${JSON.stringify(name)} has a connect_config, which is for CONNECT`,
      );
    return {
      type,
      enabled: wrappedFlag(config, 'enabled', true),
      terminate: connect !== undefined,
      allow_post: connect !== undefined && flag(connect, 'allow_post'),
    };
  });
}
