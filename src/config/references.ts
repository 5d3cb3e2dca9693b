import type { Diagnostics, Path } from '../api/diagnostics.ts';
import type { Message } from '../api/message.ts';
import { statName } from '../tables/address.ts';
import { child, messages, text, wrappedFlag } from '../tables/route_read.ts';

/** Reports each name that occurs twice in a list. */
function unique(
  items: readonly Message[],
  nameOf: (item: Message) => string,
  what: string,
  path: Path,
  field: string,
  diagnostics: Diagnostics,
): void {
  const first = new Map<string, number>();
  items.forEach((item, i) => {
    const name = nameOf(item);
    if (name === '') return;
    const before = first.get(name);
    if (before === undefined) {
      first.set(name, i);
      return;
    }
    diagnostics.error([...path, i, field], 'duplicate', `${what} ${name} is there twice`, {
      expected: `another one than that of entry ${before}`,
    });
  });
}

/** What a bootstrap's static resources say about each other (envoy.config.bootstrap.v3.Bootstrap). */
export function checkBootstrapReferences(bootstrap: Message, diagnostics: Diagnostics): void {
  const fixed = child(bootstrap, 'static_resources');
  if (fixed === undefined) return;
  const clusters = messages(fixed, 'clusters');
  const listeners = messages(fixed, 'listeners');
  const at = ['static_resources'];
  unique(clusters, (c) => text(c, 'name'), 'the cluster', [...at, 'clusters'], 'name', diagnostics);
  unique(listeners, (l) => text(l, 'name'), 'the listener', [...at, 'listeners'], 'name', diagnostics);
  // Port 0 is another port each time.
  const bound = (listener: Message): string => {
    const name = statName(child(listener, 'address'));
    return wrappedFlag(listener, 'bind_to_port', true) && !name.endsWith('_0') ? name : '';
  };
  unique(listeners, bound, 'the address', [...at, 'listeners'], 'address', diagnostics);
}
