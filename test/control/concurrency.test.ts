import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import t from 'tap';
import { cgroupCpus, defaultConcurrency } from '../../src/concurrency.ts';

function root(files: Record<string, string>): string {
  const dir = mkdtempSync(join(tmpdir(), 'attache-cgroup-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  return dir;
}

t.test('cgroup v2: the least quota on the way to the root', (t) => {
  const v2 = (own: string, above: string): string =>
    root({
      'proc/self/cgroup': '0::/kube/pod/c\n',
      'sys/fs/cgroup/kube/pod/c/cpu.max': `${own}\n`,
      'sys/fs/cgroup/kube/cpu.max': `${above}\n`,
    });
  t.equal(cgroupCpus(v2('150000 100000', 'max 100000')), 1.5);
  t.equal(cgroupCpus(v2('max 100000', '50000 25000')), 2);
  t.equal(cgroupCpus(v2('max', 'max')), Number.POSITIVE_INFINITY);
  t.equal(defaultConcurrency(v2('350000 100000', 'max'), 8), 3);
  t.equal(defaultConcurrency(v2('50000 100000', 'max'), 8), 1);
  t.equal(defaultConcurrency(v2('max', 'max'), 8), 8);
  t.equal(defaultConcurrency(v2('1000000 100000', 'max'), 4), 4, 'affinity is a limit too');
  t.end();
});

t.test('a container sees its own cgroup as the root of the mount', (t) => {
  const dir = root({
    'proc/self/cgroup': '0::/not/visible/here\n',
    'sys/fs/cgroup/cpu.max': '200000 100000\n',
  });
  t.equal(cgroupCpus(dir), 2);
  t.end();
});

t.test('cgroup v1', (t) => {
  const v1 = (quota: string): string =>
    root({
      'proc/self/cgroup': '5:memory:/docker/x\n4:cpu,cpuacct:/docker/x\n',
      'sys/fs/cgroup/cpu/docker/x/cpu.cfs_quota_us': quota,
      'sys/fs/cgroup/cpu/docker/x/cpu.cfs_period_us': '100000',
    });
  t.equal(cgroupCpus(v1('250000')), 2.5);
  t.equal(cgroupCpus(v1('-1')), Number.POSITIVE_INFINITY);
  t.equal(cgroupCpus(root({})), Number.POSITIVE_INFINITY, 'no cgroups at all');
  t.end();
});
