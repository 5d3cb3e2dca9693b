// Filter chains of a listener that change under long connections, through the real Envoy and through this proxy:
// what the connections notice, and the statistics. Skipped where Envoy's binary is absent.
import t from 'tap';
import { Authority } from '../e2e/certificates.ts';
import {
  chained,
  clusters,
  echoOrigin,
  KEPT,
  LongLived,
  longOrigin,
  SWAPPED,
  versionOf,
} from '../e2e/chain_update_support.ts';
import { eventually, type Fields, folder, freePort } from '../e2e/support.ts';
import { envoyBinary } from '../stats/real_envoy.ts';
import { runSide } from './side.ts';

if (envoyBinary() === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}
t.setTimeout(180_000);

/** Long enough for what has to happen in it. */
const FLAGS = ['--drain-time-s', '12', '--drain-strategy', 'immediate'];
const WATCHED =
  '^(listener_manager\\.(listener_(added|modified|removed|in_place_updated|create_success)|total_.*)' +
  '|listener\\.chained\\.(downstream_cx_(total|active|destroy)|no_filter_chain_match)' +
  '|http\\.(?!admin)\\w+\\.(downstream_cx_(total|active|destroy|destroy_local|destroy_remote|drain_close|http1_active|http2_active|upgrades_active|destroy_\\w+_active_rq)|downstream_rq_(total|active|2xx))' +
  '|tcp\\.\\w+\\.downstream_cx_(total|drain_close|no_route)): ';

const authority = new Authority();
const pair = authority.issue('test.example');
t.teardown(() => authority.remove());

type Seen = { readonly notes: Record<string, unknown>; readonly during: string[]; readonly after: string[] };

async function scenario(own: boolean): Promise<Seen> {
  const http = await longOrigin();
  const tcp = await echoOrigin();
  const dir = folder();
  const port = await freePort();
  const admin = await freePort();
  let version = 0;
  const write = (listener: Fields): string =>
    dir.write('lds.json', {
      version_info: String(++version),
      resources: [{ '@type': 'type.googleapis.com/envoy.config.listener.v3.Listener', ...listener }],
    });
  const path = write(chained(port, pair, 1));
  const side = await runSide(
    own,
    {
      node: { id: 'n', cluster: 'c' },
      admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
      dynamic_resources: { lds_config: { path_config_source: { path }, resource_api_version: 'V3' } },
      static_resources: { clusters: clusters(http.port, tcp.port) },
    },
    { admin, dir, flags: FLAGS },
  );
  t.teardown(async () => {
    await side.stop();
    dir.remove();
    await http.close();
    await tcp.close();
  });
  const stats = async (): Promise<string[]> => {
    const text = await (await fetch(`http://127.0.0.1:${admin}/stats`)).text();
    return text
      .split('\n')
      .filter((line) => new RegExp(WATCHED).test(line))
      .sort();
  };
  const stat = async (name: string): Promise<number> =>
    Number((await stats()).find((line) => line.startsWith(`${name}: `))?.split(': ')[1] ?? 0);
  await side.listening(port);
  const kept = new LongLived(port, KEPT);
  const swapped = new LongLived(port, SWAPPED);
  await kept.begin();
  await swapped.begin();

  const notes: Record<string, unknown> = {};
  write(chained(port, pair, 2));
  await eventually(
    'the new chains',
    async () => (await stat('listener_manager.listener_create_success')) === 2,
  );
  notes.version = await versionOf(port, SWAPPED.http);
  notes.gone = await versionOf(port, SWAPPED.tcp);
  notes.kept = [await kept.last(), await kept.another(), kept.goAway];
  await kept.echoes(kept.socket);
  await kept.echoes(kept.tcp);
  await swapped.echoes(swapped.socket);
  await swapped.echoes(swapped.tcp);
  notes.goAwayAtOnce = swapped.goAway;
  notes.swapped = [await swapped.last(), await swapped.another().catch((e) => String(e))];
  await eventually('GOAWAY', () => swapped.goAway);
  await eventually('the end of the kept connection', () => swapped.kept.ended);
  http.release();
  notes.inFlight = [await swapped.inFlight(), await kept.inFlight()];
  // Until what has ended has been counted.
  await eventually(
    'the end of the session',
    async () => (await stat('http.swapped_http.downstream_cx_active')) === 1,
  );
  const during = await stats();
  await eventually('the end of the drain', () => swapped.socket.ended && swapped.tcp.ended, 30_000);
  await eventually('no chain that drains', async () => {
    const left = await stat('listener_manager.total_filter_chains_draining');
    return left === 0 && (await stat('listener.chained.downstream_cx_active')) === 4;
  });
  notes.keptAfter = [await kept.last(), await kept.another(), kept.goAway, kept.sessionClosed];
  await kept.echoes(kept.socket);
  await kept.echoes(kept.tcp);
  const after = await stats();
  kept.close();
  swapped.close();
  return { notes, during, after };
}

t.test('what stays notices nothing, what goes has the drain time', async (t) => {
  const [theirs, ours] = await Promise.all([scenario(false), scenario(true)]);
  t.strictSame(ours.notes, theirs.notes);
  t.strictSame(ours.during, theirs.during);
  t.strictSame(ours.after, theirs.after);
});
