// nghttp2's load generator: HTTP/1 and HTTP/2, with TLS or without; what the proxy used meanwhile.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { spawnText } from './processes.mjs';

/** CPU of all threads of the processes, in ns, as the scheduler has counted it. */
export function cpuNs(pids) {
  let total = 0;
  for (const pid of pids) {
    try {
      for (const task of readdirSync(`/proc/${pid}/task`))
        total += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]);
    } catch {
      // ended meanwhile
    }
  }
  return total;
}

const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

/** One run of `requests`; throws when an answer was missing or was not 200. */
async function once({ args, url, requests, log }) {
  const argv = ['h2load', ...args, '-n', requests, ...(log ? ['--log-file', log] : []), url];
  const text = await spawnText(argv);
  const [, done] = /requests: \d+ total, \d+ started, \d+ done, (\d+) succeeded/.exec(text) ?? [];
  const [, good] = /status codes: (\d+) 2xx/.exec(text) ?? [];
  if (Number(done) !== requests || Number(good) !== requests)
    throw new Error(`${url}: ${requests} requests, ${done} answered, ${good} with 2xx`);
  const [, seconds, unit] = /finished in ([\d.]+)(ms|s|us)/.exec(text) ?? [];
  return Number(seconds) / (unit === 'ms' ? 1000 : unit === 'us' ? 1e6 : 1);
}

/** Warms up, sees how fast it goes, then measures for about `duration` seconds. */
export async function h2load({ args, url, pids, duration, warmup, dir }) {
  const connections = Number(args[args.indexOf('-c') + 1]);
  const trial = Math.max(2000, connections * 20);
  const first = await once({ args, url, requests: trial });
  if (warmup > first) await once({ args, url, requests: Math.ceil((trial / first) * (warmup - first)) });
  const requests = Math.max(connections * 10, Math.ceil((trial / first) * duration));
  const log = join(dir, 'h2load.log');
  const before = cpuNs(pids);
  const seconds = await once({ args, url, requests, log });
  const cpu = (cpuNs(pids) - before) / 1000;
  const latencies = readFileSync(log, 'utf8')
    .trim()
    .split('\n')
    .map((line) => Number(line.split('\t')[2]))
    .sort((a, b) => a - b);
  rmSync(log);
  return {
    requests,
    cpu: cpu / requests,
    perSecond: requests / seconds,
    p50: at(latencies, 0.5),
    p99: at(latencies, 0.99),
  };
}
