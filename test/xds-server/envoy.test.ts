import t, { type Test } from 'tap';
import { SnapshotCache, XdsServer } from '../../src/xds-server/index.ts';
import { Authority, pem } from '../e2e/certificates.ts';
import { eventually, freePort } from '../e2e/support.ts';
import type { Plain } from './client.ts';
import { answers, ask, bootstrap, Envoy, envoyBinary, type Mode, MODES, origin, world } from './envoy.ts';

const binary = envoyBinary();
if (binary === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}

type Setting = Awaited<ReturnType<typeof setUp>>;

async function setUp(test: Test, mode: Mode, tls?: { server: object; transport: Plain }) {
  const cache = new SnapshotCache({ check: true });
  const nacks: string[] = [];
  const server = new XdsServer(cache, {
    identifier: 'tests',
    callbacks: { onNack: (_stream, { error }) => nacks.push(error.message) },
  });
  const address = '127.0.0.1:0';
  const listening = await server.listen({
    ...(mode === 'rest' ? { rest: address } : { grpc: address }),
    ...(tls === undefined ? {} : { tls: tls.server as never }),
  });
  const [one, two] = [await origin('one'), await origin('two')];
  const port = await freePort();
  cache.set('envoy', world(mode, port, one.port), '1');
  const xds = (listening.grpc ?? listening.rest)?.port ?? 0;
  const more = tls === undefined ? {} : { transport: tls.transport };
  const envoy = await Envoy.start(binary as string, (admin) => bootstrap(mode, xds, admin, more));
  test.teardown(async () => {
    await envoy.stop();
    await server.close();
    one.close();
    two.close();
  });
  return { cache, server, envoy, port, one, two, nacks };
}

/** Each type in turn, and requests see it. */
async function updates(
  t: Test,
  mode: Mode,
  { cache, server, port, one, two, nacks }: Setting,
): Promise<void> {
  await answers(port, '200 1 one');
  cache.set('envoy', world(mode, port, two.port), '2');
  await answers(port, '200 1 two');
  cache.set('envoy', world(mode, port, two.port, 'a', '3'), '3');
  await answers(port, '200 3 two');
  cache.set('envoy', world(mode, port, one.port, 'b', '4'), '4');
  await answers(port, '200 4 one');
  const other = await freePort();
  cache.set('envoy', world(mode, other, one.port, 'b', '5'), '5');
  await answers(other, '200 5 one');
  await eventually('the old port to be closed', async () => (await ask(port)) === 'nothing');
  if (mode !== 'rest') await server.settled();
  t.same(nacks, []);
}

for (const mode of MODES) {
  t.test(mode, async (t) => {
    const setting = await setUp(t, mode);
    await updates(t, mode, setting);
    const { envoy, server } = setting;
    t.equal(await envoy.stat('cluster_manager.cds.update_rejected'), 0);
    t.equal(await envoy.stat('listener_manager.lds.update_rejected'), 0);
    if (mode === 'rest') return;
    const [client] = server.clients();
    t.equal(client?.node.id, 'envoy');
    t.match(client?.node.user_agent_name, 'envoy');
    t.match(await envoy.get('/stats?filter=control_plane.identifier&type=TextReadouts'), /tests/);
    const versions = client?.subscriptions.map(({ typeUrl, acknowledged }) => [typeUrl, acknowledged]);
    t.equal(versions?.length, 4, JSON.stringify(versions));
  });
}

for (const mode of ['ads-sotw', 'rest'] as const) {
  t.test(`${mode} over mutual TLS`, async (t) => {
    const authority = new Authority();
    t.teardown(() => authority.remove());
    const [server, client] = [authority.issue('localhost'), authority.issue('proxy')];
    const transport = {
      name: 'tls',
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext',
        sni: 'localhost',
        common_tls_context: {
          tls_certificates: [
            { certificate_chain: { filename: client.cert }, private_key: { filename: client.key } },
          ],
          validation_context: { trusted_ca: { filename: authority.ca } },
        },
      },
    };
    const tls = {
      server: { cert: pem(server.cert), key: pem(server.key), ca: pem(authority.ca) },
      transport,
    };
    const setting = await setUp(t, mode, tls);
    await updates(t, mode, setting);
    if (mode === 'rest') return;
    const [stream] = setting.server.clients()[0]?.streams ?? [];
    t.match(stream?.certificate?.subject, /CN=proxy/);
  });
}
