import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { FileWatcher } from '../../src/config/file_watch.ts';

// The watches do not keep a process alive; this does.
const alive = setInterval(() => undefined, 1000);
t.teardown(() => clearInterval(alive));

const folder = (): string => mkdtempSync(join(tmpdir(), 'attache-watch-'));

/** Counts calls and lets a test wait for the next. */
function counter(): { count: number; call: () => void; next: () => Promise<void> } {
  let wake: (() => void) | undefined;
  const self = {
    count: 0,
    call: () => {
      self.count++;
      wake?.();
    },
    next: () =>
      new Promise<void>((resolve) => {
        wake = resolve;
      }),
  };
  return self;
}

t.test('a rename over the file is a change, once per content', async (t) => {
  const dir = folder();
  const path = join(dir, 'lds.yaml');
  writeFileSync(path, 'one');
  const watcher = new FileWatcher();
  t.teardown(() => watcher.close());
  const seen = counter();
  watcher.watch({ path }, seen.call);
  for (let i = 1; i <= 3; i++) {
    const changed = seen.next();
    writeFileSync(join(dir, 'tmp'), `content ${i}`);
    renameSync(join(dir, 'tmp'), path);
    await changed;
    t.equal(seen.count, i);
  }
});

t.test('the swap of ..data that Kubernetes does', async (t) => {
  const dir = folder();
  for (const version of ['v1', 'v2']) {
    mkdirSync(join(dir, version));
    writeFileSync(join(dir, version, 'cds.yaml'), version);
  }
  symlinkSync('v1', join(dir, '..data'));
  symlinkSync('..data/cds.yaml', join(dir, 'cds.yaml'));
  const watcher = new FileWatcher();
  t.teardown(() => watcher.close());
  const seen = counter();
  watcher.watch({ path: join(dir, 'cds.yaml') }, seen.call);
  const changed = seen.next();
  symlinkSync('v2', join(dir, '..data_tmp'));
  renameSync(join(dir, '..data_tmp'), join(dir, '..data'));
  await changed;
  t.equal(seen.count, 1);
});

t.test('writing in place counts only when asked for; other files never', async (t) => {
  const dir = folder();
  const path = join(dir, 'a');
  writeFileSync(path, 'one');
  const watcher = new FileWatcher();
  t.teardown(() => watcher.close());
  const strict = counter();
  const loose = counter();
  watcher.watch({ path }, strict.call);
  const stop = watcher.watch({ path, directory: dir, modify: true }, loose.call);
  let changed = loose.next();
  writeFileSync(path, 'two, longer');
  await changed;
  t.equal(strict.count, 0);
  stop();

  const marker = counter();
  watcher.watch({ path: join(dir, 'marker') }, marker.call);
  changed = marker.next();
  writeFileSync(join(dir, 'tmp'), 'x');
  renameSync(join(dir, 'tmp'), join(dir, 'marker'));
  await changed;
  // A rename in the folder makes everyone look: what was written in place is taken then.
  t.equal(strict.count, 1);
});

t.test('a watched_directory elsewhere', async (t) => {
  const dir = folder();
  const other = folder();
  const path = join(dir, 'a');
  writeFileSync(path, 'one');
  const watcher = new FileWatcher();
  t.teardown(() => watcher.close());
  const seen = counter();
  watcher.watch({ path, directory: other }, seen.call);
  writeFileSync(path, 'two two');
  const changed = seen.next();
  writeFileSync(join(other, 'tmp'), 'x');
  renameSync(join(other, 'tmp'), join(other, 'go'));
  await changed;
  t.equal(seen.count, 1);
});

t.test('a folder that is deleted and made again', async (t) => {
  const dir = join(folder(), 'sub');
  mkdirSync(dir);
  const path = join(dir, 'a');
  writeFileSync(path, 'one');
  const watcher = new FileWatcher();
  t.teardown(() => watcher.close());
  const seen = counter();
  watcher.watch({ path }, seen.call);
  rmSync(dir, { recursive: true });
  mkdirSync(dir);
  const changed = seen.next();
  writeFileSync(path, 'two two');
  await changed;
  t.equal(seen.count, 1);
});
