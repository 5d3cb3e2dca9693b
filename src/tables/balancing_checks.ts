import type { Diagnostics, Path } from '../api/diagnostics.ts';
import type { Message } from '../api/message.ts';
import { typedPolicy } from './balancing.ts';
import { child, flag, has, number, wrappedNumber } from './route_read.ts';

const POLICIES = 'envoy.extensions.load_balancing_policies';
const RING_HASH = 2;
const MAGLEV = 5;
const STRICT_DNS = 1;

function isPrime(n: number): boolean {
  if (n < 2) return false;
  for (let d = 2; d * d <= n; d++) if (n % d === 0) return false;
  return true;
}

function checkRing(config: Message, path: Path, diagnostics: Diagnostics): void {
  const least = wrappedNumber(config, 'minimum_ring_size', 1024);
  const most = wrappedNumber(config, 'maximum_ring_size', 1 << 23);
  if (least <= most) return;
  const message = `the smallest ring has ${least} points, the largest ${most}`;
  const field = has(config, 'maximum_ring_size') ? 'maximum_ring_size' : 'minimum_ring_size';
  diagnostics.error([...path, field], 'rule', message, { expected: 'minimum_ring_size, or more' });
}

function checkTable(config: Message, path: Path, diagnostics: Diagnostics): void {
  const size = wrappedNumber(config, 'table_size', 65_537);
  if (isPrime(size)) return;
  diagnostics.error([...path, 'table_size'], 'rule', `${size} is not a prime number`, {
    expected: 'a prime number, such as 65537',
  });
}

/** As Envoy, which does so even where no policy would look at it. */
function checkHostnames(cluster: Message, path: Path, diagnostics: Diagnostics): void {
  const common = child(cluster, 'common_lb_config');
  const consistent = common === undefined ? undefined : child(common, 'consistent_hashing_lb_config');
  if (consistent === undefined || !flag(consistent, 'use_hostname_for_hashing')) return;
  if (number(cluster, 'type') === STRICT_DNS) return;
  const at = [...path, 'common_lb_config', 'consistent_hashing_lb_config', 'use_hostname_for_hashing'];
  diagnostics.error(at, 'conflict', 'the type of the cluster is not STRICT_DNS', {
    expected: 'type: STRICT_DNS, or a typed policy',
  });
}

/** What the fields of the policy that is in use (see balancing.ts) say about each other. */
export function checkBalancing(cluster: Message, path: Path, diagnostics: Diagnostics): void {
  checkHostnames(cluster, path, diagnostics);
  if (has(cluster, 'load_balancing_policy')) {
    const at = [...path, 'load_balancing_policy', 'policies', 0, 'typed_extension_config', 'typed_config'];
    const config = typedPolicy(cluster);
    if (config?.$type === `${POLICIES}.ring_hash.v3.RingHash`) checkRing(config, at, diagnostics);
    if (config?.$type === `${POLICIES}.maglev.v3.Maglev`) checkTable(config, at, diagnostics);
    return;
  }
  const policy = number(cluster, 'lb_policy');
  const ring = child(cluster, 'ring_hash_lb_config');
  const table = child(cluster, 'maglev_lb_config');
  if (policy === RING_HASH && ring !== undefined)
    checkRing(ring, [...path, 'ring_hash_lb_config'], diagnostics);
  if (policy === MAGLEV && table !== undefined) checkTable(table, [...path, 'maglev_lb_config'], diagnostics);
}
