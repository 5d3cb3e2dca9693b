import { isIP } from 'node:net';
import type { Path } from '../api/diagnostics.ts';
import type { Message } from '../api/message.ts';
import type { ExtensionContext } from '../extensions/types.ts';
import { ipBytes } from './address.ts';
import type { CidrRangeInput, FilterChainMatchInput, SourceType } from './generated/layout.ts';
import { messages, number, text, texts, wrappedNumber } from './route_read.ts';

type Context = Pick<ExtensionContext, 'diagnostics' | 'path'>;

/** envoy.config.core.v3.CidrRange; undefined after reporting that it is none. */
export function cidrRange(range: Message, path: Path, { diagnostics }: Context): CidrRangeInput | undefined {
  const address = text(range, 'address_prefix');
  const version = isIP(address);
  const length = wrappedNumber(range, 'prefix_len', 0);
  const bits = version === 6 ? 128 : 32;
  if (version === 0) {
    diagnostics.error(
      [...path, 'address_prefix'],
      'address',
      `${JSON.stringify(address)} is not an IP address`,
    );
    return undefined;
  }
  if (length > bits) {
    diagnostics.error([...path, 'prefix_len'], 'rule', `a prefix of ${length} bits`, {
      expected: `at most ${bits}`,
    });
    return undefined;
  }
  const ip = ipBytes(address);
  // Bits behind the prefix say nothing: equal ranges are to be equal bytes.
  for (let bit = length; bit < bits; bit++) ip[bit >> 3] = (ip[bit >> 3] as number) & ~(0x80 >> (bit & 7));
  return { ip, length, ipv6: version === 6 };
}

/** envoy.config.listener.v3.FilterChainMatch; undefined when it takes every connection. */
export function compileMatch(
  match: Message | undefined,
  path: Path,
  context: Context,
): FilterChainMatchInput | undefined {
  if (match === undefined) return undefined;
  const ranges = (field: string): CidrRangeInput[] =>
    messages(match, field).flatMap((range, i) => cidrRange(range, [...path, field, i], context) ?? []);
  const server_names = texts(match, 'server_names').map((name, i) => {
    if (name.includes('*') && !/^\*\.[^*]+$/.test(name)) {
      const message = `${JSON.stringify(name)} has a wildcard that is not its whole first label`;
      context.diagnostics.error([...path, 'server_names', i], 'rule', message, { expected: '*.example.com' });
    }
    return name.toLowerCase();
  });
  const made: FilterChainMatchInput = {
    destination_port: wrappedNumber(match, 'destination_port', 0),
    prefix_ranges: ranges('prefix_ranges'),
    server_names,
    transport_protocol: text(match, 'transport_protocol'),
    application_protocols: texts(match, 'application_protocols'),
    direct_source_prefix_ranges: ranges('direct_source_prefix_ranges'),
    source_type: number(match, 'source_type') as SourceType,
    source_prefix_ranges: ranges('source_prefix_ranges'),
    source_ports: (match.source_ports as readonly number[] | undefined) ?? [],
  };
  return keysOf(made).join() === keysOf(undefined).join() ? undefined : made;
}

/** Every combination of criteria that the match takes, as a text each. */
function keysOf(match: FilterChainMatchInput | undefined): string[] {
  const range = ({ ip, length = 0, ipv6 = false }: CidrRangeInput): string =>
    length === 0 ? '' : `${ipv6 ? 6 : 4}-${Buffer.from(ip ?? []).toString('hex')}/${length}`;
  const all = (values: readonly (string | number)[] | undefined): readonly (string | number)[] =>
    values === undefined || values.length === 0 ? [''] : values;
  const levels = [
    [match?.destination_port ?? 0],
    all(match?.prefix_ranges?.map(range)),
    all(match?.server_names),
    [match?.transport_protocol ?? ''],
    all(match?.application_protocols),
    all(match?.direct_source_prefix_ranges?.map(range)),
    [match?.source_type ?? 0],
    all(match?.source_prefix_ranges?.map(range)),
    all(match?.source_ports),
  ];
  return levels.reduce<string[]>(
    (keys, values) => keys.flatMap((key) => values.map((v) => `${key}|${v}`)),
    [''],
  );
}

/** As Envoy: no connection may be taken by two chains for the same reasons. */
export function checkMatches(
  matches: readonly (FilterChainMatchInput | undefined)[],
  { diagnostics, path }: Context,
): void {
  const known = new Map<string, number>();
  matches.forEach((match, i) => {
    for (const key of keysOf(match)) {
      const before = known.get(key);
      if (before === undefined) {
        known.set(key, i);
      } else if (before !== i) {
        const message = `the filter chain takes the same connections as filter_chains[${before}]`;
        diagnostics.error([...path, 'filter_chains', i], 'chain', message, {
          expected: 'a filter_chain_match of its own',
        });
        return;
      }
    }
  });
}
