// h2spec, the conformance test of HTTP/2 for servers, against a listener of clear text by prior knowledge, one
// that finds out what its client speaks, and one of TLS. Where Go is, h2spec is built once, below build/.
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { Authority } from './certificates.ts';
import {
  answer,
  cluster,
  folder,
  freePort,
  listener,
  Origin,
  root,
  routes,
  start,
  toCluster,
} from './support.ts';
import { downstream, secured } from './tls_support.ts';

const CASES = 145;
const MODULE = 'github.com/summerwind/h2spec/cmd/h2spec@v2.2.1+incompatible';
/** Where there may be HTTP/1 as well, what is no preface of HTTP/2 is a bad request of that, and gets its answer. */
const ALSO_HTTP1 = ['Sends invalid connection preface'];

/** The program, or why there is none. */
function h2spec(): { program: string } | { skip: string } {
  const bin = join(root, 'build/tools');
  const built = join(bin, 'h2spec');
  if (existsSync(built)) return { program: built };
  try {
    return { program: execFileSync('which', ['h2spec'], { encoding: 'utf8' }).trim() };
  } catch {
    // Then it is built.
  }
  try {
    mkdirSync(bin, { recursive: true });
    const options = { env: { ...process.env, GOBIN: bin }, stdio: 'ignore', timeout: 180_000 } as const;
    execFileSync('go', ['install', MODULE], options);
    return { program: built };
  } catch {
    return { skip: 'neither h2spec nor a Go that can install it is here' };
  }
}

/** Runs all cases; their number, and the names of those that failed. */
async function conformance(program: string, args: string[]): Promise<{ run: number; failed: string[] }> {
  const dir = folder();
  const report = join(dir.path, 'report.xml');
  // It ends with an error when a case fails: the report says which.
  const all = ['-h', '127.0.0.1', '-o', '15', '-j', report, ...args];
  await promisify(execFile)(program, all, { timeout: 200_000 }).catch(() => undefined);
  const xml = readFileSync(report, 'utf8');
  dir.remove();
  const cases = [
    ...xml.matchAll(/<testcase [^>]*?classname="([^"]*)"[^>]*?(?:\/>|>([\s\S]*?)<\/testcase>)/g),
  ];
  const failed = cases.filter(([, , text = '']) => /<(failure|error)/.test(text));
  return { run: cases.length, failed: failed.map(([, name = '']) => name) };
}

const found = h2spec();
if ('skip' in found) {
  t.pass(`skipped: ${found.skip}`);
  process.exit(0);
}
t.setTimeout(600_000);
const authority = new Authority();
const origin = await new Origin(() => answer('what was asked for')).listen();
const [plain, auto, tls] = [await freePort(), await freePort(), await freePort()];
const manager = { route_config: routes([toCluster('origin')]) };
const socket = downstream([authority.issue('localhost')], { alpn_protocols: ['h2', 'http/1.1'] });
const proxy = await start(
  {
    static_resources: {
      listeners: [
        listener('plain', plain, { codec_type: 'HTTP2', ...manager }),
        listener('auto', auto, manager),
        secured(listener('tls', tls, manager), socket),
      ],
      clusters: [cluster('origin', [origin.port])],
    },
  },
  [plain, auto, tls],
);
t.teardown(async () => {
  await proxy.stop();
  await origin.close();
  authority.remove();
});

for (const [name, port, args, other] of [
  ['clear text by prior knowledge', plain, [], []],
  ['clear text, or HTTP/1', auto, [], ALSO_HTTP1],
  ['TLS', tls, ['-t', '-k'], []],
] as const) {
  t.test(name, async (t) => {
    const { run, failed } = await conformance(found.program, ['-p', String(port), ...args]);
    t.same(failed, other, 'the cases that fail');
    t.equal(run, CASES);
    t.ok(proxy.alive);
  });
}
