// The built command: what it prints, how it ends, what signals do.
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { platformName } from '../../src/engine/engine.ts';
import { layoutHash } from '../../src/tables/generated/hash.ts';
import {
  ask,
  cluster,
  eventually,
  folder,
  freePort,
  get,
  type Json,
  listener,
  Origin,
  Running,
  root,
  routes,
  toCluster,
} from '../e2e/support.ts';

const attache = join(root, 'bin/attache');
const run = (args: string[], input?: string): SpawnSyncReturns<string> =>
  spawnSync(process.execPath, [attache, ...args], { encoding: 'utf8', input: input ?? '', timeout: 20_000 });
const ok = (body: string): string => `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

/** A proxy on the way to an origin, with an admin interface whose address is in a file. */
async function serving(
  t: { teardown(f: () => unknown): void },
  args: string[] = [],
  more: { [key: string]: Json } = {},
) {
  const origin = await new Origin(() => ok('hello')).listen();
  const port = await freePort();
  const files = folder();
  const address = join(files.path, 'admin');
  const config = {
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: 0 } } },
    static_resources: {
      listeners: [listener('in', port, { route_config: routes([toCluster('up')]) })],
      clusters: [cluster('up', [origin.port])],
    },
    ...more,
  };
  const proxy = new Running(process.execPath, [
    attache,
    '-c',
    files.write('config.json', config),
    '--admin-address-path',
    address,
    ...args,
  ]);
  t.teardown(async () => {
    await proxy.stop();
    await origin.close();
    files.remove();
  });
  await proxy.listening(port);
  const admin = async (path: string, method = 'GET'): Promise<string> =>
    (await fetch(`http://${readFileSync(address, 'utf8')}${path}`, { method })).text();
  return { proxy, port, admin, files };
}

t.test('questions about the program', (t) => {
  const help = run(['--help']);
  t.equal(help.status, 0);
  t.match(help.stdout, /USAGE:[\s\S]*--concurrency <uint32_t>/);
  t.match(run(['--version']).stdout, /^\nattache {2}version: attache-\d+\.\d+\.\d+\/1\.40\.0\//);
  t.match(run(['--hot-restart-version']).stdout, /^attache\.\d+\n$/);
  const wrong = run(['--confg', 'x']);
  t.equal(wrong.status, 1);
  t.match(wrong.stderr, "unknown flag '--confg'");
  t.equal(run([]).status, 1);
  t.end();
});

t.test('--mode validate', (t) => {
  const files = folder();
  t.teardown(() => files.remove());
  const good = files.write('good.json', { node: { id: 'a' } });
  const valid = run(['-c', good, '--mode', 'validate']);
  t.match(valid, { status: 0, stdout: `configuration '${good}' OK\n`, stderr: '' });

  const bad = files.write('bad.json', { node: { idd: 'a' }, admin: { address: { pipe: {} } } });
  const invalid = run(['-c', bad, '--mode', 'validate']);
  t.match(invalid, { status: 1, stdout: '' });
  t.match(invalid.stderr, /bad\.json:1:\d+: error: node\.idd/);
  t.match(invalid.stderr, /admin\.address\.pipe/);

  const json = run(['-c', bad, '--mode', 'validate', '--output', 'json']);
  t.equal(json.status, 1);
  const report = JSON.parse(json.stdout) as {
    ok: boolean;
    findings: { file: string; line: number; path: string }[];
  };
  t.match(report, { ok: false, findings: [{ file: bad, line: 1, severity: 'error' }] });
  t.match(JSON.parse(run(['-c', good, '--mode', 'validate', '--output', 'json']).stdout), {
    ok: true,
    findings: [],
  });

  const stdin = run(['-c', '-', '--mode', 'validate'], 'node: { id: x, cluster: [] }\n');
  t.equal(stdin.status, 1);
  t.match(stdin.stderr, /^<stdin>:1:\d+: error: node\.cluster/);
  t.match(run(['--config-yaml', 'node: { id: a }', '--mode', 'validate']), { status: 0 });
  t.end();
});

t.test('a refused configuration and an address in use end the start with 1', async (t) => {
  const files = folder();
  t.teardown(() => files.remove());
  const refused = run(['-c', files.write('bad.json', { nodee: {} })]);
  t.equal(refused.status, 1);
  t.match(refused.stderr, /bad\.json:1:\d+: error: nodee[\s\S]*did you mean "node"/);

  const origin = await new Origin(() => ok('x')).listen();
  t.teardown(() => origin.close());
  const config = {
    static_resources: { listeners: [listener('in', origin.port, { route_config: routes([]) })] },
  };
  const taken = run(['-c', files.write('taken.json', config)]);
  t.equal(taken.status, 1);
  t.match(taken.stderr, new RegExp(`error adding 'in': cannot bind '127.0.0.1:${origin.port}'`));
});

t.test('serves, and ends with 0 on SIGTERM and on SIGINT', async (t) => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const { proxy, port } = await serving(t);
    t.equal((await ask(port, get('/'))).body.toString(), 'hello');
    proxy.child.kill(signal);
    t.equal(await proxy.exited, 0);
    t.match(proxy.output, `caught ${signal}`);
  }
});

t.test('SIGHUP and SIGUSR1: log files are opened anew, nothing else happens', async (t) => {
  const files = folder();
  t.teardown(() => files.remove());
  const path = join(files.path, 'log');
  const { proxy, port } = await serving(t, ['--log-path', path]);
  await eventually(
    'the first lines',
    () => existsSync(path) && readFileSync(path, 'utf8').includes('starting to serve'),
  );
  renameSync(path, `${path}.1`);
  proxy.child.kill('SIGHUP');
  proxy.child.kill('SIGUSR1');
  await eventually('the new file', () => existsSync(path));
  t.equal((await ask(port, get('/'))).status, 200);
  t.notMatch(proxy.output, /[Dd]ebugger/, 'no inspector is opened');
  proxy.child.kill('SIGTERM');
  t.equal(await proxy.exited, 0);
  t.match(readFileSync(path, 'utf8'), 'caught SIGTERM');
});

t.test('from standard input, merged with --config-yaml', async (t) => {
  const origin = await new Origin(() => ok('both')).listen();
  t.teardown(() => origin.close());
  const port = await freePort();
  const input = JSON.stringify({ static_resources: { clusters: [cluster('up', [origin.port])] } });
  const yaml = JSON.stringify({
    static_resources: { listeners: [listener('in', port, { route_config: routes([toCluster('up')]) })] },
  });
  const files = folder();
  t.teardown(() => files.remove());
  const file = join(files.path, 'in');
  writeFileSync(file, input);
  const proxy = new Running('/bin/sh', [
    '-c',
    `exec "${process.execPath}" "${attache}" -c - --config-yaml '${yaml}' < "${file}"`,
  ]);
  t.teardown(() => proxy.stop());
  await proxy.listening(port);
  t.equal((await ask(port, get('/'))).body.toString(), 'both');
});

t.test('/quitquitquit ends it, /drain_listeners closes its doors', async (t) => {
  const { proxy, port, admin } = await serving(t, ['--drain-time-s', '1']);
  await eventually('the end of the start', async () => (await admin('/ready')) === 'LIVE\n');
  t.equal(await admin('/drain_listeners', 'POST'), 'OK\n');
  await eventually('a refused connection', async () => {
    try {
      await ask(port, get('/'));
      return false;
    } catch {
      return true;
    }
  });
  t.match(await admin('/stats?filter=listener_stopped'), 'listener_manager.listener_stopped: 1');
  t.equal(await admin('/quitquitquit', 'POST'), 'OK\n');
  t.equal(await proxy.exited, 0);
});

t.test('a bad discovery file keeps the last good one, and is shown', async (t) => {
  const files = folder();
  t.teardown(() => files.remove());
  const type = 'type.googleapis.com/envoy.config.cluster.v3.Cluster';
  const path = files.write('cds.json', {
    version_info: '1',
    resources: [{ '@type': type, ...cluster('more', [1]) }],
  });
  const { admin, proxy } = await serving(t, [], {
    dynamic_resources: { cds_config: { resource_api_version: 'V3', path_config_source: { path } } },
  });
  t.match(await admin('/stats?filter=cds'), /cluster_manager\.cds\.update_success: 1/);
  files.write('cds.json', {
    version_info: '2',
    resources: [{ '@type': type, ...cluster('more', [2], { connect_timeout: 'soon' }) }],
  });
  await eventually('the rejection', async () =>
    (await admin('/stats?filter=cds.update_rejected')).includes(': 1'),
  );
  const dump = await admin('/config_dump?resource=dynamic_active_clusters');
  t.match(dump, '"error_state"');
  t.match(dump, '"version_info": "1"');
  t.match(await admin('/clusters'), 'more::127.0.0.1:1::');
  await eventually('a line in the log', () => proxy.output.includes('connect_timeout'));
  t.match(proxy.output, /cds\.json:1:\d+: error: resources\[0\]\.connect_timeout/);
  files.write('cds.json', { version_info: '3', resources: [{ '@type': type, ...cluster('more', [3]) }] });
  await eventually('the good one', async () => (await admin('/clusters')).includes('more::127.0.0.1:3::'));
  t.match(await admin('/stats?filter=cds'), /cluster_manager\.cds\.version_text: "3"/);
});

t.test('a native part of another build is refused', async (t) => {
  const files = folder();
  t.teardown(() => files.remove());
  for (const part of ['bin', 'dist', 'package.json', 'prebuilds'])
    cpSync(join(root, part), join(files.path, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(files.path, 'node_modules'));
  const addon = join(files.path, 'prebuilds', platformName(), 'attache.node');
  const bytes = readFileSync(addon);
  const at = bytes.indexOf(layoutHash);
  t.ok(at > 0, 'it says what it was built for');
  bytes.write('0'.repeat(layoutHash.length), at);
  writeFileSync(addon, bytes);
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(files.path, 'bin/attache'), '--config-yaml', '{}'],
    { encoding: 'utf8', timeout: 20_000 },
  );
  t.equal(status, 1);
  t.match(stderr, /^attache: the native part \(.*attache\.node\) is of another version than the rest/);
});
