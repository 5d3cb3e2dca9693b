import { groups, type Slot } from '../stats/groups.ts';
import { LocalBlock } from '../stats/local.ts';
import type { StatsRegistry } from '../stats/registry.ts';
import type { ShownSlot } from '../stats/shape.ts';

const isDownstream = ([name]: Slot): boolean => name.startsWith('downstream_') || name === 'rs_too_large';
const isOfAdmin = ([name]: Slot): boolean => !name.endsWith('extension_config_missing');
const MAIN_THREAD: readonly ShownSlot[] = [
  ['main_thread.downstream_cx_total', 'counter'],
  ['main_thread.downstream_cx_active', 'gauge', { usedWith: 'main_thread.downstream_cx_total' }],
];

/** What the admin listener counts of itself, under Envoy's names. */
export class AdminCounters {
  readonly #http = new LocalBlock('http.admin.', (groups.Hcm as readonly Slot[]).filter(isDownstream));
  readonly #listener = new LocalBlock('listener.admin.', [
    ...(groups.Listener as readonly Slot[]).filter(isOfAdmin),
    ...MAIN_THREAD,
  ]);
  readonly #codes = new LocalBlock('listener.admin.http.admin.', groups.ListenerHcm);

  register(stats: StatsRegistry): void {
    for (const block of [this.#http, this.#listener, this.#codes]) stats.add(block, () => block.reset());
  }

  connected(): void {
    for (const name of ['total', 'active', 'http1_total', 'http1_active'])
      this.#http.add(`downstream_cx_${name}`);
    for (const name of ['total', 'active']) {
      this.#listener.add(`downstream_cx_${name}`);
      this.#listener.add(`main_thread.downstream_cx_${name}`);
    }
    this.#listener.record('connections_accepted_per_socket_event', 1);
  }

  /** `lifeMs`: how long it was open. */
  disconnected(bytesRead: number, bytesWritten: number, lifeMs: number): void {
    for (const name of ['active', 'http1_active']) this.#http.add(`downstream_cx_${name}`, -1);
    for (const name of ['destroy', 'destroy_remote']) this.#http.add(`downstream_cx_${name}`);
    this.#http.add('downstream_cx_rx_bytes_total', bytesRead);
    this.#http.add('downstream_cx_tx_bytes_total', bytesWritten);
    this.#http.record('downstream_cx_length_ms', Math.floor(lifeMs));
    this.#listener.add('downstream_cx_active', -1);
    this.#listener.add('downstream_cx_destroy');
    this.#listener.add('main_thread.downstream_cx_active', -1);
    this.#listener.record('downstream_cx_length_ms', Math.floor(lifeMs));
  }

  requested(): void {
    for (const name of ['total', 'http1_total', 'active']) this.#http.add(`downstream_rq_${name}`);
  }

  answered(status: number, timeMs: number): void {
    this.#http.add('downstream_rq_active', -1);
    for (const name of [`${Math.floor(status / 100)}xx`, 'completed']) {
      this.#http.add(`downstream_rq_${name}`);
      this.#codes.add(`downstream_rq_${name}`);
    }
    this.#http.record('downstream_rq_time', Math.floor(timeMs));
  }
}
