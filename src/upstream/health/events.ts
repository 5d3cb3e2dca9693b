import { appendFile } from 'node:fs/promises';
import type { HostView } from '../endpoints.ts';
import type { HealthEvent } from './session.ts';

/** envoy.data.core.v3.HealthCheckerType */
export type CheckerType = 'HTTP' | 'TCP' | 'GRPC';

function addressJson(address: string): unknown {
  const found = /^\[?([^\]]*)\]?:(\d+)$/.exec(address);
  if (found === null || address.startsWith('/')) return { pipe: { path: address, mode: 0 } };
  const socket = { protocol: 'TCP', address: found[1], port_value: Number(found[2]) };
  const rest = { resolver_name: '', ipv4_compat: false, network_namespace_filepath: '' };
  return { socket_address: { ...socket, ...rest } };
}

function before(event: HealthEvent): object {
  switch (event.kind) {
    case 'eject':
      return { eject_unhealthy_event: { failure_type: event.type, http_status_code: event.status } };
    case 'add':
      return { add_healthy_event: { first_check: event.first } };
    default:
      return {};
  }
}

function after(event: HealthEvent): object {
  switch (event.kind) {
    case 'failure': {
      const { type, first, status } = event;
      return {
        health_check_failure_event: { failure_type: type, first_check: first, http_status_code: status },
      };
    }
    case 'degraded':
      return { degraded_healthy_host: {} };
    case 'no-longer-degraded':
      return { no_longer_degraded_host: {} };
    default:
      return {};
  }
}

/** An envoy.data.core.v3.HealthCheckEvent as Envoy writes it, a line of JSON. */
export function eventLine(
  type: CheckerType,
  cluster: string,
  { address, region, zone, subZone }: HostView,
  event: HealthEvent,
  time: Date,
): string {
  return `${JSON.stringify({
    health_checker_type: type,
    host: addressJson(address),
    cluster_name: cluster,
    ...before(event),
    timestamp: time.toISOString(),
    ...after(event),
    locality: { region, zone, sub_zone: subZone },
    ...(event.kind === 'success' ? { successful_health_check_event: {} } : {}),
  })}\n`;
}

/** Appends lines to files, what comes meanwhile at once. A file is opened for each time: it may be moved away. */
export class EventFiles {
  readonly #onError: (path: string, error: Error) => void;
  readonly #waiting = new Map<string, string>();

  constructor(onError: (path: string, error: Error) => void) {
    this.#onError = onError;
  }

  write(path: string, line: string): void {
    const waiting = this.#waiting.get(path);
    this.#waiting.set(path, (waiting ?? '') + line);
    if (waiting === undefined) void this.#flush(path);
  }

  async #flush(path: string): Promise<void> {
    // Once more for what came while it was written.
    for (;;) {
      const lines = this.#waiting.get(path);
      if (lines === undefined || lines === '') break;
      this.#waiting.set(path, '');
      await appendFile(path, lines).catch((error: Error) => this.#onError(path, error));
    }
    this.#waiting.delete(path);
  }
}
