import { containsInOrder } from './payload.ts';
import type { Connect, Pipe, ProbeResults } from './probe.ts';
import type { Probe } from './session.ts';
import type { TcpCheck } from './settings.ts';

/** What a host may send without saying what is waited for. */
const MOST = 1 << 20;

/** Being connected, or bytes that answer others. */
export class TcpProbe implements Probe {
  readonly #settings: TcpCheck;
  readonly #reuse: boolean;
  readonly #results: ProbeResults;
  readonly #connect: Connect;
  #pipe: Pipe | undefined;
  #received: Buffer = Buffer.alloc(0);

  constructor(settings: TcpCheck, reuse: boolean, results: ProbeResults, connect: Connect) {
    this.#settings = settings;
    this.#reuse = reuse;
    this.#results = results;
    this.#connect = connect;
  }

  begin(): void {
    this.#pipe ??= this.#connect({
      onConnected: () => {
        if (this.#settings.receive.length > 0) return;
        this.stop();
        this.#results.success(false);
      },
      onData: (bytes) => this.#onData(bytes),
      // Also between two checks: a connection that is kept has to stay.
      onClosed: () => {
        this.#forget();
        this.#results.failure('NETWORK');
      },
    });
    if (this.#settings.send !== undefined) this.#pipe.write(this.#settings.send);
  }

  timeOut(): void {
    this.stop();
  }

  stop(): void {
    this.#pipe?.close();
    this.#forget();
  }

  #onData(bytes: Buffer): void {
    this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes]);
    if (!containsInOrder(this.#received, this.#settings.receive)) {
      if (this.#received.length <= MOST) return;
      this.stop();
      this.#results.failure('NETWORK');
      return;
    }
    this.#received = Buffer.alloc(0);
    if (!this.#reuse) this.stop();
    this.#results.success(false);
  }

  #forget(): void {
    this.#pipe = undefined;
    this.#received = Buffer.alloc(0);
  }
}
