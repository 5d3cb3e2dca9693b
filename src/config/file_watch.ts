import { type FSWatcher, statSync, watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';

/** Where to look for changes of one file. */
export type WatchSpec = {
  readonly path: string;
  /** envoy.config.core.v3.WatchedDirectory: any move into this folder counts, instead of one onto the path. */
  readonly directory?: string;
  /** Writing in place counts too (WatchedDirectory.watch_modify). */
  readonly modify?: boolean;
};

/** Identity and content stamp of what a path leads to through symbolic links; '' when there is nothing. */
export function fileStamp(path: string): string {
  try {
    const { dev, ino, mtimeNs, size } = statSync(path, { bigint: true });
    return `${dev}/${ino}/${mtimeNs}/${size}`;
  } catch {
    return '';
  }
}

type Subscriber = { readonly spec: WatchSpec; stamp: string; readonly onChange: () => void };
const REARM_MS = 1000;

/**
 * Tells when files were replaced. As in Envoy, replacing means a rename in the folder (of the file, or of
 * a symbolic link on the way to it as Kubernetes swaps `..data`): a file that is written in place
 * could be read half written. One inotify watch per folder serves every file in it.
 */
export class FileWatcher {
  readonly #folders = new Map<
    string,
    { watcher: FSWatcher | undefined; subscribers: Set<Subscriber>; timer?: NodeJS.Timeout }
  >();

  /** Calls `onChange` after each replacement that changed what the path leads to. Answers the way to stop. */
  watch(spec: WatchSpec, onChange: () => void): () => void {
    const folder = resolve(spec.directory ?? dirname(spec.path));
    const subscriber: Subscriber = { spec, stamp: fileStamp(spec.path), onChange };
    let entry = this.#folders.get(folder);
    if (entry === undefined) {
      entry = { watcher: undefined, subscribers: new Set() };
      this.#folders.set(folder, entry);
      this.#arm(folder);
    }
    entry.subscribers.add(subscriber);
    return () => {
      entry.subscribers.delete(subscriber);
      if (entry.subscribers.size > 0) return;
      entry.watcher?.close();
      clearTimeout(entry.timer);
      this.#folders.delete(folder);
    };
  }

  close(): void {
    for (const { watcher, timer } of this.#folders.values()) {
      watcher?.close();
      clearTimeout(timer);
    }
    this.#folders.clear();
  }

  #arm(folder: string): void {
    const entry = this.#folders.get(folder);
    if (entry === undefined) return;
    try {
      const watcher = watch(folder, { persistent: false }, (event, name) =>
        this.#onEvent(folder, event, name),
      );
      watcher.on('error', () => this.#lost(folder));
      entry.watcher = watcher;
      // What happened before the watch stood is seen now.
      this.#check(folder, () => true);
    } catch {
      this.#lost(folder);
    }
  }

  /** The folder is gone or not there yet. */
  #lost(folder: string): void {
    const entry = this.#folders.get(folder);
    if (entry === undefined) return;
    entry.watcher?.close();
    entry.watcher = undefined;
    clearTimeout(entry.timer);
    entry.timer = setTimeout(() => this.#arm(folder), REARM_MS);
    entry.timer.unref();
  }

  #onEvent(folder: string, event: string, name: string | null): void {
    // The folder itself was deleted or moved: its watch is dead.
    if (event === 'rename' && name === basename(folder) && fileStamp(folder) === '') {
      this.#lost(folder);
      return;
    }
    this.#check(folder, ({ spec }) => event === 'rename' || spec.modify === true);
  }

  #check(folder: string, concerns: (subscriber: Subscriber) => boolean): void {
    for (const subscriber of [...(this.#folders.get(folder)?.subscribers ?? [])]) {
      if (!concerns(subscriber)) continue;
      const stamp = fileStamp(subscriber.spec.path);
      // Between deletion and renaming there is nothing to read; the last version stays.
      if (stamp === subscriber.stamp || stamp === '') continue;
      subscriber.stamp = stamp;
      subscriber.onChange();
    }
  }
}
