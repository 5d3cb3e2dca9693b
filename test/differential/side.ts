// One of the two that are compared: the real Envoy or this proxy, on a configuration whose admin interface says when
// it is ready.
import type { Test } from 'tap';
import { eventually, type Fields, type folder, freePort, Running, start } from '../e2e/support.ts';
import { envoyBinary } from '../stats/real_envoy.ts';

const FLUSH = '--file-flush-interval-msec';

export type SideOptions = {
  /** Of its admin interface. */
  readonly admin: number;
  readonly dir: ReturnType<typeof folder>;
  /** 1 by default. */
  readonly concurrency?: number;
  /** More of its flags. */
  readonly flags?: readonly string[];
};

/** Runs until it is stopped by the caller. Throws without a binary of Envoy, where that is asked for. */
export async function runSide(own: boolean, config: Fields, options: SideOptions): Promise<Running> {
  const { admin, dir, concurrency = 1, flags = [] } = options;
  // Logs are read as soon as they say what is waited for: not only when ten seconds are over.
  const flush = flags.includes(FLUSH) ? [] : [FLUSH, '50'];
  const workers = ['--concurrency', String(concurrency), ...flush];
  const running = own
    ? await start(config, [admin], [...workers, ...flags])
    : startEnvoy(config, dir, [...workers, ...flags]);
  try {
    await running.listening(admin);
    await eventually('readiness', async () => {
      const answer = await fetch(`http://127.0.0.1:${admin}/ready`).catch(() => undefined);
      return answer?.status === 200;
    });
  } catch (error) {
    await running.stop();
    throw error;
  }
  return running;
}

export type Sided<Name extends string> = {
  readonly admin: number;
  readonly ports: Readonly<Record<Name, number>>;
};

/** The real Envoy, then this proxy, each with ports of its own; they end with the test. */
export async function bothSides<Name extends string>(
  t: Pick<Test, 'teardown'>,
  dir: SideOptions['dir'],
  names: readonly Name[],
  config: (admin: number, ports: Readonly<Record<Name, number>>) => Fields,
): Promise<readonly [Sided<Name>, Sided<Name>]> {
  const begin = async (own: boolean): Promise<Sided<Name>> => {
    const admin = await freePort();
    const ports = {} as Record<Name, number>;
    for (const name of names) ports[name] = await freePort();
    const running = await runSide(own, config(admin, ports), { admin, dir });
    t.teardown(() => running.stop());
    return { admin, ports };
  };
  return [await begin(false), await begin(true)];
}

function startEnvoy(config: Fields, dir: SideOptions['dir'], flags: readonly string[]): Running {
  const binary = envoyBinary();
  if (binary === undefined) throw new Error('the real Envoy is not installed');
  const file = dir.write('envoy.json', config);
  return new Running(binary, ['-c', file, '-l', 'off', '--use-dynamic-base-id', ...flags]);
}
