import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** A folder and those above it, up to the mount: a limit anywhere on the way holds. */
function upward(mount: string, path: string): string[] {
  const parts = path.split('/').filter(Boolean);
  return Array.from({ length: parts.length + 1 }, (_, i) => join(mount, ...parts.slice(0, parts.length - i)));
}

function quotaV2(dir: string): number {
  const [quota = 'max', period = '100000'] = (read(join(dir, 'cpu.max')) ?? 'max').split(' ');
  return quota === 'max' ? Number.POSITIVE_INFINITY : Number(quota) / Number(period);
}

function quotaV1(dir: string): number {
  const quota = Number(read(join(dir, 'cpu.cfs_quota_us')) ?? -1);
  const period = Number(read(join(dir, 'cpu.cfs_period_us')) ?? 100_000);
  return quota > 0 && period > 0 ? quota / period : Number.POSITIVE_INFINITY;
}

/** The CPUs (a fraction) that the cgroups of this process leave; Infinity without a limit. `root` is for tests. */
export function cgroupCpus(root = '/'): number {
  let least = Number.POSITIVE_INFINITY;
  const mount = join(root, 'sys/fs/cgroup');
  for (const line of (read(join(root, 'proc/self/cgroup')) ?? '').split('\n')) {
    const [id, controllers = '', path = '/'] = line.split(':');
    if (id === '0' && controllers === '') {
      for (const dir of upward(mount, path)) least = Math.min(least, quotaV2(dir));
    } else if (controllers.split(',').includes('cpu')) {
      for (const name of ['cpu', 'cpu,cpuacct']) {
        for (const dir of upward(join(mount, name), path)) least = Math.min(least, quotaV1(dir));
      }
    }
  }
  return least > 0 ? least : Number.POSITIVE_INFINITY;
}

/** Worker threads when `--concurrency` is not given: what affinity and the cgroup quota leave, at least one. */
export function defaultConcurrency(root = '/', cpus = availableParallelism()): number {
  return Math.max(1, Math.min(cpus, Math.floor(cgroupCpus(root))));
}
