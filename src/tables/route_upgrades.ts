import type { Path } from '../api/diagnostics.ts';
import type { Message } from '../api/message.ts';
import type { ExtensionContext } from '../extensions/types.ts';
import type { UpgradeInput } from './generated/layout.ts';
import { messages, text, wrappedFlag } from './route_read.ts';

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
    else if (type === 'connect') {
      // A tunnel of its own kind: it would be accepted here and never taken.
      diagnostics.error([...where, 'upgrade_type'], 'unsupported', 'the method CONNECT is not supported yet');
    } else if (seen.has(type)) {
      diagnostics.error(
        [...where, 'upgrade_type'],
        'rule',
        `the upgrade ${JSON.stringify(name)} stands twice`,
      );
    }
    seen.add(type);
    return { type, enabled: wrappedFlag(config, 'enabled', true) };
  });
}
