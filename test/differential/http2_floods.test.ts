// Attacks on the HTTP/2 server, on the real Envoy and on this proxy: whether the connection ends, and what is counted.
import t from 'tap';
import { ATTACKS, type Attack, attack, EMPTY } from '../e2e/h2_attacks.ts';
import { cluster, eventually, type Fields, listener, Origin, routes, toCluster } from '../e2e/support.ts';
import { envoyBinary } from '../stats/real_envoy.ts';
import { type Place, type Side, sideBySide } from './http2_sides.ts';

const binary = envoyBinary();
if (binary === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}
t.setTimeout(300_000);
/** Never answers. */
const origin = await new Origin(() => undefined).listen();
const config = (place: Place): Fields => ({
  admin: { address: { socket_address: { address: '127.0.0.1', port_value: place.admin } } },
  static_resources: {
    listeners: [
      listener('in', place.ports[0] as number, {
        stat_prefix: 'in',
        route_config: routes([
          EMPTY,
          { match: { path: '/direct' }, direct_response: { status: 200, body: { inline_string: 'tea' } } },
          toCluster('origin', { timeout: '0s' }),
        ]),
      }),
    ],
    clusters: [cluster('origin', [origin.port])],
  },
});
const sides = await sideBySide(binary, 1, config);
t.teardown(async () => {
  await sides.close();
  await origin.close();
});

const NAMES = /^http2\..*(flood|large|overflow|messaging)|http\.in\..*(premature|protocol_error)/;
async function counters(side: Side): Promise<Map<string, number>> {
  return new Map(
    (await side.stats(NAMES)).map((line): [string, number] => {
      const [name = '', value] = line.split(': ');
      return [name, Number(value)];
    }),
  );
}

/** Attacks that make both answers and frames of control (RST_STREAM) wait. */
const waitsForBoth = new Set([
  'requests with answers that have no body, and nothing is read',
  'requests, and nothing is read',
]);

async function attacked(side: Side, each: Attack): Promise<{ over: boolean; risen: string[] }> {
  const before = await counters(side);
  const peer = attack(side.ports[0] as number, each);
  await Promise.race([each.run(peer), new Promise((resolve) => setTimeout(resolve, 10_000))]);
  peer.socket.resume();
  const over = await eventually('the end', () => peer.ended).catch(() => false);
  peer.close();
  const after = await counters(side);
  let risen = [...after].filter(([name, value]) => value > (before.get(name) ?? 0)).map(([name]) => name);
  // Behind it Envoy sometimes counts what it still had of the connection.
  if (risen.some((name) => name.includes('premature')))
    risen = risen.filter((name) => !name.includes('protocol_error'));
  // Nothing is read, so the answers and the frames of control wait side by side: which of the two reaches its limit
  // first hangs on how much of the attack each read of the server brought in, on either side.
  if (waitsForBoth.has(each.name))
    risen = [...new Set(risen.map((name) => name.replace('outbound_control_flood', 'outbound_flood')))];
  return { over, risen };
}

/** Where other things are counted, and why. The connection ends all the same. */
const differs = new Map([
  ['rapid reset, by frames for which the server has to reset', 'Envoy ends the connection for the first one'],
  [
    'SETTINGS that change the windows of a thousand streams thousands of times',
    'what only costs is counted too when the answers are read',
  ],
  ['RST_STREAM of a stream that is closed', 'may be on its way for good reason (RFC 9113 section 5.1)'],
  ['streams beyond the limit', 'nothing was begun that could be reset'],
]);

for (const each of ATTACKS) {
  t.test(each.name, async (t) => {
    const [theirs, ours] = [await attacked(sides.theirs, each), await attacked(sides.ours, each)];
    const why = differs.get(each.name);
    // A connection of which nothing is read now and then ends at Envoy before it has counted why.
    if (each.name.includes('nothing is read') && theirs.risen.length === 0) t.equal(theirs.over, ours.over);
    else if (why === undefined) t.same(ours, theirs);
    else t.notSame(ours, theirs, why);
    t.ok(ours.over, 'the connection has ended');
  });
}
