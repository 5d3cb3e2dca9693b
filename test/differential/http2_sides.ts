// The real Envoy and this proxy side by side in front of the same origins, for comparisons of HTTP/2.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectH2, type Frame, type Manners, type Peer, show, T } from '../e2e/h2_frames.ts';
import {
  Client,
  eventually,
  type Fields,
  fileLog,
  folder,
  freePort,
  type Json,
  Running,
  start,
} from '../e2e/support.ts';

/** What both are asked to log of each request. */
export const LINE =
  '%PROTOCOL% %RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %BYTES_RECEIVED% %BYTES_SENT% ' +
  '%UPSTREAM_PROTOCOL% %UPSTREAM_TRANSPORT_FAILURE_REASON%\n';

export const logTo = (path: string, line = LINE): Json => {
  const file = fileLog(path);
  const typed_config = {
    ...(file.typed_config as Fields),
    log_format: { text_format_source: { inline_string: line } },
  };
  return [{ ...file, typed_config }];
};

/** Ports and the folder of one of the two, for its configuration. */
export interface Place {
  readonly name: string;
  readonly ports: readonly number[];
  readonly admin: number;
  readonly log: string;
}

/** One of the two. */
export class Side implements Place {
  readonly name: string;
  readonly ports: readonly number[];
  readonly admin: number;
  readonly log: string;
  private readonly running: Running;

  constructor(place: Place, running: Running) {
    this.name = place.name;
    this.ports = place.ports;
    this.admin = place.admin;
    this.log = place.log;
    this.running = running;
  }

  get lines(): string[] {
    return existsSync(this.log) ? readFileSync(this.log, 'latin1').split('\n').slice(0, -1) : [];
  }

  h2(which = 0, manners: Manners = {}): Peer {
    return connectH2(this.ports[which] as number, manners);
  }

  h1(which = 0): Client {
    return new Client(this.ports[which] as number);
  }

  /** Its log's lines from `from` on, when there are `n`. */
  async logged(from: number, n: number): Promise<string[]> {
    await eventually(`${n} lines in the log of ${this.name}`, () => this.lines.length >= from + n).catch(
      () => undefined,
    );
    return this.lines.slice(from);
  }

  /** Statistics whose names match, sorted as they come, without zeros. */
  async stats(names: RegExp): Promise<string[]> {
    const text = await (await fetch(`http://127.0.0.1:${this.admin}/stats?usedonly`)).text();
    return text.split('\n').filter((each) => names.test(each) && !/: 0$/.test(each));
  }

  stop(): Promise<void> {
    return this.running.stop();
  }
}

export interface Sides {
  readonly theirs: Side;
  readonly ours: Side;
  close(): Promise<void>;
}

/** Starts both on what `config` makes of their places, with `n` ports each. */
export async function sideBySide(
  binary: string,
  n: number,
  config: (place: Place) => Fields,
): Promise<Sides> {
  const dir = folder();
  const place = async (name: string): Promise<Place> => ({
    name,
    ports: await Promise.all(Array.from({ length: n }, freePort)),
    admin: await freePort(),
    log: join(dir.path, `${name}.log`),
  });
  const [a, b] = [await place('Envoy'), await place('attache')];
  const envoy = new Running(binary, [
    ...['-c', dir.write('envoy.json', config(a)), '--concurrency', '1', '--disable-hot-restart'],
    ...['-l', process.env.ENVOY_LOG ?? 'error', '--file-flush-interval-msec', '10'],
  ]);
  const proxy = await start(config(b), [...b.ports], ['--file-flush-interval-msec', '10']);
  for (const port of a.ports) await envoy.listening(port);
  return {
    theirs: new Side(a, envoy),
    ours: new Side(b, proxy),
    close: async () => {
      await envoy.stop();
      await proxy.stop();
      dir.remove();
      if (process.env.ENVOY_LOG) process.stderr.write(envoy.output);
    },
  };
}

/** What we say, and Envoy does not, of the reason for which a connection ends. */
const LAST_WORDS = /^0 GOAWAY last \d+ (?!NO_ERROR)/;
const UNIMPORTANT: readonly number[] = [T.SETTINGS, T.WINDOW_UPDATE, T.PING];

/**
 * Frames as text: without those that each end sends as it likes, DATA that follows DATA put together,
 * and what changes blanked out.
 */
export function essence(frames: readonly Frame[]): string[] {
  const joined: Frame[] = [];
  for (const frame of frames) {
    const last = joined.at(-1);
    if (UNIMPORTANT.includes(frame.type)) continue;
    if (last?.type === T.DATA && frame.type === T.DATA && last.stream === frame.stream) {
      const payload = Buffer.concat([last.payload, frame.payload]);
      joined[joined.length - 1] = { ...frame, payload, flags: last.flags | frame.flags };
    } else {
      joined.push(frame);
    }
  }
  return joined
    .map(show)
    .filter((text) => !LAST_WORDS.test(text))
    .map((text) =>
      text
        .replace(/date [^,]*, [^,]*/, 'date')
        .replace(/x-request-id [-0-9a-f]*/, 'x-request-id')
        .replace(/(x-envoy-upstream-service-time) \d+/, '$1'),
    );
}
