// The integration test of go-control-plane, from its own unmodified source, with attache as its proxy: what its
// scripts/integration.sh does, in all ways that it knows, on ports that are free. Go builds its programs once,
// below build/; without Go, or without the source, it is skipped.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { supportRegistry } from '../../src/tables/support/registry.ts';
import { folder, freePort, root, Running } from '../e2e/support.ts';

const MODULE = 'github.com/envoyproxy/go-control-plane';
const VERSION = 'v0.14.0';
const ACCESS_LOG = 'envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig';
/** What its Makefile runs: the mode, and flags of the test program. */
const RUNS: readonly (readonly [mode: string, ...flags: string[]])[] = [
  ['ads'],
  ['xds'],
  ['rest'],
  ['delta'],
  ['delta-ads'],
  ['xds', '-mux'],
  ['ads', '-tls'],
];
/** At most: a client's limit of 100 ms is soon over on a machine that has other work. */
const TRIES = 3;
/** Listeners of a run have neighbouring ports. */
const LISTENERS = 8;
const MESSAGE = 'Hi, there!\n';

type Built = { readonly test: string; readonly upstream: string; readonly source: string };

/** The two programs, and where the source is; or why they are not there. */
function build(): Built | { readonly skip: string } {
  const at = join(root, 'build/tools/go-control-plane');
  const go = (...args: string[]): string =>
    execFileSync('go', args, {
      cwd: at,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 200_000,
    });
  try {
    mkdirSync(at, { recursive: true });
    writeFileSync(join(at, 'go.mod'), `module tests\n\ngo 1.23.0\n\nrequire ${MODULE} ${VERSION}\n`);
    const test = join(at, `test-${VERSION}`);
    const upstream = join(at, `upstream-${VERSION}`);
    if (!existsSync(test)) go('build', '-mod=mod', '-o', test, `${MODULE}/pkg/test/main`);
    if (!existsSync(upstream)) go('build', '-mod=mod', '-o', upstream, `${MODULE}/internal/upstream`);
    return { test, upstream, source: go('list', '-mod=mod', '-m', '-f', '{{.Dir}}', MODULE).trim() };
  } catch {
    return { skip: `no Go here that can build ${MODULE}@${VERSION}` };
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

async function neighbours(count: number): Promise<number> {
  for (;;) {
    const first = await freePort();
    const all = await Promise.all(Array.from({ length: count }, (_, i) => isFree(first + i)));
    if (all.every((free) => free)) return first;
  }
}

/** Runs a program to its end. */
function runToEnd(
  program: string,
  args: readonly string[],
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text: Buffer) => {
        output += text;
      });
    }
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

async function integrate(built: Built, mode: string, flags: readonly string[]) {
  const [xds, gateway, als, upstream, admin] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  const base = await neighbours(LISTENERS);
  const dir = folder();
  const bootstrap = join(dir.path, 'bootstrap.yaml');
  const ports: Record<string, number> = { 18000: xds, 18001: gateway, 18090: als, 19000: admin };
  const sample = readFileSync(join(built.source, `sample/bootstrap-${mode}.yaml`), 'utf8');
  writeFileSync(
    bootstrap,
    sample.replace(/port_value: (\d+)/g, (_, port: string) => `port_value: ${ports[port] ?? port}`),
  );
  const origin = new Running(built.upstream, [`-message=${MESSAGE}`, `-upstream=${upstream}`]);
  // Before its control plane, as the script does.
  const command = [join(root, 'bin/attache'), '-c', bootstrap, '--drain-time-s', '1', '-l', 'debug'];
  const proxy = new Running(process.execPath, command);
  try {
    const numbers = { port: xds, gateway, als, upstream, base };
    const { code, output } = await runToEnd(built.test, [
      `--xds=${mode}`,
      `--runtimes=${mode === 'ads' ? 2 : 1}`,
      '-debug',
      `-message=${MESSAGE}`,
      ...Object.entries(numbers).map(([name, port]) => `-${name}=${port}`),
      ...flags,
    ]);
    proxy.child.kill('SIGTERM');
    const ended = await proxy.exited;
    const batches = [...output.matchAll(/request batch \d+, ok (\d+), failed (\d+)/g)];
    return {
      passed: code === 0 && output.includes(`Test for ${mode} passed!`),
      ended,
      batches: batches.map(([, ok, failed]) => `${ok}/${Number(ok) + Number(failed)}`).join(' '),
      output: `${output.slice(-3000)}\n${proxy.output.slice(-3000)}`,
    };
  } finally {
    await proxy.stop();
    await origin.stop();
    dir.remove();
  }
}

const built = build();
const missing = supportRegistry().extensionOfType(ACCESS_LOG) === undefined;
if ('skip' in built) t.pass(`skipped: ${built.skip}`);
else if (missing) t.pass(`skipped: ${ACCESS_LOG}, which its listeners have, is not built in yet`);
else {
  for (const [mode, ...flags] of RUNS) {
    t.test([mode, ...flags].join(' '), async (t) => {
      let run = await integrate(built, mode, flags);
      for (let i = 1; i < TRIES && !run.passed; i++) run = await integrate(built, mode, flags);
      t.ok(run.passed, run.batches);
      t.equal(run.ended, 0, 'it ends when it is told to');
      if (!run.passed) t.comment(run.output);
    });
  }
}
