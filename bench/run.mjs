// npm run bench: attache against every other proxy that is installed, on the same cases.
//   --cases A,B      of: h1-64b h1-18-headers h1-10k h1-100k new-conn rate-2000 json-log
//                    tcp secure idle-conns at-rest startup clusters-10k updates xds xds-scale xds-server (default: all)
//   --peers A,B      of: floor attache haproxy nginx nghttpx h2o envoy uws+undici node:http
//   --rounds N       7 by default; peers take turns in each, in another order every time
//   --duration S     seconds measured per round, case and peer (2)
//   --warmup S       seconds before that (0.5)
//   --concurrency A,B,C   workers of each proxy; several: one run for each (1)
//   --out DIR        bench/results by default: a JSON file, a table, a chart
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus as cpuInfo, release, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadCases, otherCases } from './cases.mjs';
import { program } from './lib/native.mjs';
import { freePort, memoryMb, originCpu, proxyCpus, runTool, startServer, tree } from './lib/processes.mjs';
import { chart, fixed, ratio, summary, table } from './lib/report.mjs';
import { peers as allPeers, special } from './peers.mjs';

const here = dirname(fileURLToPath(import.meta.url));

function readOptions() {
  const { values } = parseArgs({
    options: {
      cases: { type: 'string' },
      peers: { type: 'string' },
      rounds: { type: 'string', default: '7' },
      duration: { type: 'string', default: '2' },
      warmup: { type: 'string', default: '0.5' },
      concurrency: { type: 'string', default: '1' },
      out: { type: 'string', default: join(here, 'results') },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    // The head of this file says it.
    const [head = ''] = readFileSync(fileURLToPath(import.meta.url), 'utf8').split('\nimport');
    console.log(head.replace(/^\/\/ ?/gm, ''));
    process.exit(0);
  }
  const cases = values.cases?.split(',') ?? [...loadCases.map((c) => c.name), ...otherCases];
  const known = new Set([...loadCases.map((c) => c.name), ...otherCases]);
  for (const name of cases)
    if (!known.has(name)) throw new Error(`no case ${name}; there are ${[...known].join(' ')}`);
  const names = values.peers?.split(',') ?? allPeers.map((p) => p.name);
  for (const name of names) {
    if (!allPeers.some((p) => p.name === name))
      throw new Error(`no peer ${name}; there are ${allPeers.map((p) => p.name).join(' ')}`);
  }
  return {
    cases,
    names,
    rounds: Number(values.rounds),
    duration: Number(values.duration),
    warmup: Number(values.warmup),
    concurrency: values.concurrency.split(',').map(Number),
    out: values.out,
  };
}

/** A folder that goes away with the process; many proxies write theirs in it. */
export function workFolder() {
  const dir = mkdtempSync(join(tmpdir(), 'attache-bench-'));
  process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

async function startOrigin(dir) {
  const port = await freePort();
  const server = await startServer({
    argv: [program('origin'), '--port', port].map(String),
    cpu: originCpu,
    port,
    log: join(dir, 'origin.log'),
  });
  return { port, stop: server.stop };
}

async function startPeer(peer, context) {
  const dir = join(context.dir, `${peer.name.replace(/\W/g, '_')}-${context.concurrency}`);
  mkdirSync(dir, { recursive: true });
  const port = await freePort();
  const { argv, env } = peer.setup({ ...context, dir, port });
  const log = join(dir, 'output.log');
  const server = await startServer({
    argv: argv.map(String),
    cpu: proxyCpus(context.concurrency),
    port,
    log,
    env,
  });
  return { peer, port, server, dir };
}

/** One measurement; throws when an answer was wrong. */
async function measure(running, loadCase, options) {
  const result = await runTool([
    program('load'),
    '--port',
    running.port,
    ...loadCase.args,
    '--duration',
    options.duration,
    '--warmup',
    options.warmup,
    '--pids',
    tree(running.server.pid).join(','),
  ]);
  if (result.errors > 0 || result.requests === 0)
    throw new Error(
      `${running.peer.name}, ${loadCase.name}: ${result.errors} wrong answers (${result.firstError})`,
    );
  return { ...result, memoryMb: memoryMb(tree(running.server.pid)) };
}

async function runLoadCase(loadCase, peers, context, options, progress) {
  const wanted = loadCase.only
    ? loadCase.only.map((name) => special[name] ?? peers.find((p) => p.name === name)).filter(Boolean)
    : peers.filter((p) => !loadCase.without?.includes(p.name));
  if (loadCase.only && wanted.length < loadCase.only.length) return undefined;
  const running = [];
  const rounds = new Map(wanted.map((p) => [p.name, []]));
  const failed = new Map();
  try {
    for (const peer of wanted) {
      try {
        running.push(await startPeer(peer, context));
      } catch (error) {
        failed.set(peer.name, error.message);
      }
    }
    for (let round = 0; round < options.rounds; round++) {
      for (let i = 0; i < running.length; i++) {
        const one = running[(i + round) % running.length];
        if (failed.has(one.peer.name)) continue;
        progress(`${loadCase.name}: round ${round + 1} of ${options.rounds}, ${one.peer.name}`);
        try {
          rounds.get(one.peer.name).push(await measure(one, loadCase, options));
        } catch (error) {
          failed.set(one.peer.name, error.message);
        }
      }
    }
  } finally {
    for (const one of running) await one.server.stop();
  }
  return digest(loadCase, wanted, rounds, failed);
}

function digest(loadCase, wanted, rounds, failed) {
  const base = rounds.get(loadCase.base ?? 'floor');
  const results = wanted.map(({ name }) => {
    const all = rounds.get(name);
    if (failed.has(name)) return { name, failed: failed.get(name) };
    const of = (key) => summary(all.map((r) => r[key]));
    const cpu = all.map((r) => r.cpuPerRequest);
    return {
      name,
      cpuPerRequest: of('cpuPerRequest'),
      overBase: base?.length
        ? ratio(
            cpu,
            base.map((r) => r.cpuPerRequest),
          )
        : undefined,
      perSecond: of('perSecond'),
      p50: of('p50'),
      p99: of('p99'),
      memoryMb: of('memoryMb'),
      busy: of('busy'),
      rounds: all,
    };
  });
  return { name: loadCase.name, title: loadCase.title, base: loadCase.base ?? 'floor', results };
}

function showLoadCase({ title, name, base, results }) {
  const rows = results.map((r) =>
    r.failed
      ? [r.name, 'failed']
      : [
          r.name,
          fixed(r.cpuPerRequest.median),
          `${fixed(r.cpuPerRequest.min)}–${fixed(r.cpuPerRequest.max)}`,
          r.overBase ? fixed(r.overBase.median, 2) : '',
          r.overBase ? `${fixed(r.overBase.interval[0], 2)}–${fixed(r.overBase.interval[1], 2)}` : '',
          fixed(r.perSecond.median, 0),
          fixed(r.p50.median, 0),
          fixed(r.p99.median, 0),
          fixed(r.memoryMb.median),
          fixed(r.busy.median * 100, 0),
        ],
  );
  const head = [name, 'CPU µs', 'min–max', `× ${base}`, '95 %', 'req/s', 'p50 µs', 'p99 µs', 'MB', 'busy %'];
  const failures = results.filter((r) => r.failed).map((r) => `  ${r.failed}`);
  return [`\n${title}`, table(head, rows), ...failures].join('\n');
}

async function main() {
  const options = readOptions();
  const dir = workFolder();
  const peers = [];
  for (const name of options.names) {
    const peer = allPeers.find((p) => p.name === name);
    const missing = peer.missing();
    if (missing) console.log(`without ${name}: ${missing}`);
    else peers.push(peer);
  }
  const progress = (text) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
  };
  const origin = await startOrigin(dir);
  const report = {
    date: new Date().toISOString(),
    machine: { cpu: cpuInfo()[0]?.model, cpus: cpuInfo().length, kernel: release(), node: process.version },
    options: { rounds: options.rounds, duration: options.duration, warmup: options.warmup },
    runs: [],
  };
  const shown = [];
  const say = (text) => {
    progress('');
    console.log(text);
    shown.push(text);
  };
  for (const concurrency of options.concurrency) {
    const context = { dir, origin: origin.port, concurrency };
    const run = { concurrency, cases: [] };
    report.runs.push(run);
    if (options.concurrency.length > 1)
      say(`\n## ${concurrency} worker(s), on CPUs ${proxyCpus(concurrency)}`);
    for (const name of options.cases) {
      const loadCase = loadCases.find((c) => c.name === name);
      if (loadCase) {
        const result = await runLoadCase(loadCase, peers, context, options, progress);
        if (!result) continue;
        run.cases.push(result);
        say(showLoadCase(result));
        continue;
      }
      const other = await import(`./cases/${name}.mjs`);
      const result = await other.run({ ...context, peers, startPeer, progress, options });
      run.cases.push({ name, ...result });
      say(`\n${result.title}\n${table(result.head, result.rows)}`);
    }
  }
  await origin.stop();
  save(options.out, report, shown);
}

function save(out, report, shown) {
  mkdirSync(out, { recursive: true });
  const groups = report.runs.flatMap((run) =>
    run.cases
      .filter((c) => c.results)
      .map((c) => ({
        title: report.runs.length > 1 ? `${c.title}, ${run.concurrency} worker(s)` : c.title,
        unit: 'µs of CPU per request',
        bars: c.results
          .filter((r) => !r.failed)
          .map((r) => ({
            name: r.name,
            value: r.cpuPerRequest.median,
            min: r.cpuPerRequest.min,
            max: r.cpuPerRequest.max,
          })),
      })),
  );
  const stem = join(out, report.date.replace(/\D/g, '').slice(0, 14));
  writeFileSync(`${stem}.json`, `${JSON.stringify(report, null, 1)}\n`);
  writeFileSync(`${stem}.txt`, `${shown.join('\n')}\n`);
  if (groups.length) writeFileSync(`${stem}.svg`, chart('CPU per request', groups));
  console.log(`\nwritten: ${stem}.json .txt${groups.length ? ' .svg' : ''}`);
}

await main();
