import { DEFAULT_LOG_FORMAT, FLAGS, type FlagSpec } from './flags_table.ts';
import { isComponent, LEVELS, type Level } from './log/levels.ts';
import { nearest } from './nearest.ts';

/** The command line, checked and with defaults. Times in the unit their names say. */
export type Options = {
  readonly configPath: string;
  readonly configYaml: string;
  readonly mode: 'serve' | 'validate';
  readonly output: 'text' | 'json';
  /** undefined: what affinity and the cgroup quota leave. */
  readonly concurrency: number | undefined;
  readonly logLevel: Level;
  readonly componentLogLevel: string;
  readonly componentLevels: ReadonlyMap<string, Level>;
  readonly logFormat: string;
  readonly logFormatEscaped: boolean;
  readonly logJson: boolean;
  readonly logPath: string;
  readonly adminAddressPath: string;
  readonly baseId: number;
  readonly baseIdPath: string;
  readonly serviceCluster: string;
  readonly serviceNode: string;
  readonly serviceZone: string;
  readonly localAddressIpVersion: 'v4' | 'v6';
  /** LDS removal; 600 by default. */
  readonly drainTimeS: number;
  /** A stop waits this long for connections: `--drain-time-s` if given, else 5. */
  readonly stopDrainTimeS: number;
  readonly drainStrategy: 'gradual' | 'immediate';
  readonly parentShutdownTimeS: number;
  /** undefined: --disable-hot-restart. */
  readonly hotRestart: HotRestartOptions | undefined;
  readonly fileFlushIntervalMsec: number;
  readonly fileFlushMinSizeKb: number;
  readonly allowUnknownStaticFields: boolean;
  readonly rejectUnknownDynamicFields: boolean;
  readonly ignoreUnknownDynamicFields: boolean;
  readonly skipDeprecatedLogs: boolean;
  readonly statsTags: ReadonlyMap<string, string>;
  readonly dnsHosts: Readonly<Record<string, string | readonly string[]>>;
  /** As given, for /server_info. */
  readonly given: ReadonlyMap<string, string | number | boolean | readonly string[]>;
};

/** How processes that take over from each other (src/hot_restart) find each other. */
export type HotRestartOptions = {
  /** 0: the first process. */
  readonly epoch: number;
  readonly dynamicBaseId: boolean;
  /** What the paths of Unix sockets begin with; '@…': abstract ones. */
  readonly socketPath: string;
  readonly socketMode: number;
  readonly skipOnNoParent: boolean;
  readonly skipParentStats: boolean;
};

export type ParsedFlags =
  | { readonly kind: 'run'; readonly options: Options }
  | { readonly kind: 'help' | 'version' | 'hot-restart-version' }
  | { readonly kind: 'error'; readonly message: string };

type Value = string | number | boolean | string[];
class FlagError extends Error {}

const byLong = new Map<string, FlagSpec>(FLAGS.map((flag) => [`--${flag.name}`, flag]));
const byShort = new Map<string, FlagSpec>(
  FLAGS.flatMap((flag) => (flag.short ? [[`-${flag.short}`, flag] as const] : [])),
);

/** Splits `--name=value`; the `=` form is an addition to Envoy's `--name value`. */
function findFlag(arg: string): { flag: FlagSpec; inline: string | undefined } {
  const eq = arg.startsWith('--') ? arg.indexOf('=') : -1;
  const name = eq < 0 ? arg : arg.slice(0, eq);
  const flag = byLong.get(name) ?? byShort.get(name);
  if (flag !== undefined) return { flag, inline: eq < 0 ? undefined : arg.slice(eq + 1) };
  if (!arg.startsWith('-') || arg === '-')
    throw new FlagError(`unexpected argument '${arg}' (the configuration file is given with -c FILE)`);
  const near = nearest(name, [...byLong.keys()]);
  throw new FlagError(`unknown flag '${name}'${near === undefined ? '' : `; did you mean '${near}'?`}`);
}

function convert(flag: FlagSpec, text: string): string | number {
  const shown = `--${flag.name}`;
  if (flag.value === 'uint32') {
    if (!/^\d+$/.test(text) || Number(text) > 0xffffffff)
      throw new FlagError(`${shown}: '${text}' is not a whole number from 0 to 4294967295`);
    return Number(text);
  }
  if (flag.choices !== undefined && !flag.choices.includes(text)) {
    const near = nearest(text, flag.choices);
    throw new FlagError(
      `${shown}: unknown value '${text}', expected one of ${flag.choices.join(', ')}${near === undefined ? '' : `; did you mean '${near}'?`}`,
    );
  }
  return text;
}

function store(values: Map<string, Value>, flag: FlagSpec, value: string | number | boolean): void {
  if (flag.status.kind === 'refused')
    throw new FlagError(`--${flag.name} is not supported: ${flag.status.reason}`);
  const old = values.get(flag.name);
  if (flag.value === 'list') {
    if (Array.isArray(old)) old.push(String(value));
    else values.set(flag.name, [String(value)]);
    return;
  }
  if (old !== undefined && flag.value !== undefined) throw new FlagError(`--${flag.name} is given twice`);
  values.set(flag.name, value);
}

function readArguments(argv: readonly string[]): Map<string, Value> {
  const values = new Map<string, Value>();
  for (let i = 0; i < argv.length; i++) {
    const arg = argv[i] as string;
    if (arg === '--' || arg === '--ignore_rest') break;
    const { flag, inline } = findFlag(arg);
    if (flag.value === undefined) {
      if (inline !== undefined) throw new FlagError(`--${flag.name} takes no value`);
      store(values, flag, true);
      continue;
    }
    const text = inline ?? argv[++i];
    if (text === undefined) throw new FlagError(`${arg} needs a value`);
    store(values, flag, convert(flag, text));
  }
  return values;
}

/** 'warn' is Envoy's second spelling of 'warning'. */
export function parseLevel(text: string): Level | undefined {
  const name = text === 'warn' ? 'warning' : text;
  return (LEVELS as readonly string[]).includes(name) ? (name as Level) : undefined;
}

function parseComponentLevels(text: string): Map<string, Level> {
  const levels = new Map<string, Level>();
  if (text === '') return levels;
  for (const item of text.split(',')) {
    const [component = '', levelText, more] = item.split(':');
    if (levelText === undefined || more !== undefined) {
      throw new FlagError(`--component-log-level: '${item}' is not of the form component:level`);
    }
    const level = parseLevel(levelText);
    if (level === undefined) throw new FlagError(`--component-log-level: invalid log level '${levelText}'`);
    if (!isComponent(component))
      throw new FlagError(`--component-log-level: invalid component '${component}'`);
    levels.set(component, level);
  }
  return levels;
}

function parseStatsTags(tags: readonly string[]): Map<string, string> {
  const parsed = new Map<string, string>();
  for (const tag of tags) {
    const colon = tag.indexOf(':');
    const name = tag.slice(0, colon);
    const value = tag.slice(colon + 1);
    if (colon < 0) throw new FlagError(`--stats-tag: '${tag}' is not of the form tag:value`);
    if (!/^[A-Za-z0-9]+$/.test(name))
      throw new FlagError(`--stats-tag: the tag name '${name}' is not alphanumeric`);
    if (value.includes('.')) throw new FlagError(`--stats-tag: the value '${value}' contains a dot`);
    if (parsed.has(name)) throw new FlagError(`--stats-tag: two values for the tag '${name}'`);
    parsed.set(name, value);
  }
  return parsed;
}

function parseDnsHosts(items: readonly string[]): Record<string, string[]> {
  const hosts: Record<string, string[]> = {};
  for (const item of items) {
    const eq = item.indexOf('=');
    if (eq <= 0 || eq === item.length - 1)
      throw new FlagError(`--dns-host: '${item}' is not of the form NAME=ADDRESS`);
    hosts[item.slice(0, eq).toLowerCase()] = item.slice(eq + 1).split(',');
  }
  return hosts;
}

function toOptions(values: Map<string, Value>): Options {
  const text = (name: string, fallback = ''): string => (values.get(name) as string | undefined) ?? fallback;
  const number = (name: string, fallback: number): number =>
    (values.get(name) as number | undefined) ?? fallback;
  const flag = (name: string): boolean => values.get(name) === true;
  const list = (name: string): string[] => (values.get(name) as string[] | undefined) ?? [];
  const drain = values.get('drain-time-s') as number | undefined;
  const epoch = number('restart-epoch', 0);
  if (epoch > 0 && flag('use-dynamic-base-id')) {
    throw new FlagError('--use-dynamic-base-id cannot be used with a --restart-epoch above 0');
  }
  if (epoch > 0 && flag('disable-hot-restart')) {
    throw new FlagError('--restart-epoch above 0 cannot be used with --disable-hot-restart');
  }
  if (!/^[0-7]{1,4}$/.test(text('socket-mode', '600')))
    throw new FlagError(`--socket-mode: '${text('socket-mode')}' is not an octal file mode`);
  if (flag('reject-unknown-dynamic-fields') && flag('ignore-unknown-dynamic-fields')) {
    throw new FlagError(
      '--reject-unknown-dynamic-fields and --ignore-unknown-dynamic-fields exclude each other',
    );
  }
  if (flag('log-format-escaped') && flag('log-json')) {
    throw new FlagError('--log-format-escaped and --log-json exclude each other: JSON is always escaped');
  }
  return {
    configPath: text('config-path'),
    configYaml: text('config-yaml'),
    mode: text('mode', 'serve') as Options['mode'],
    output: text('output', 'text') as Options['output'],
    concurrency: values.has('concurrency') ? Math.max(1, number('concurrency', 1)) : undefined,
    logLevel: parseLevel(text('log-level', 'info')) ?? 'info',
    componentLogLevel: text('component-log-level'),
    componentLevels: parseComponentLevels(text('component-log-level')),
    logFormat: text('log-format', DEFAULT_LOG_FORMAT),
    logFormatEscaped: flag('log-format-escaped'),
    logJson: flag('log-json'),
    logPath: text('log-path'),
    adminAddressPath: text('admin-address-path'),
    baseId: number('base-id', 0),
    baseIdPath: text('base-id-path'),
    serviceCluster: text('service-cluster'),
    serviceNode: text('service-node'),
    serviceZone: text('service-zone'),
    localAddressIpVersion: text('local-address-ip-version', 'v4') as Options['localAddressIpVersion'],
    drainTimeS: drain ?? 600,
    stopDrainTimeS: drain ?? 5,
    drainStrategy: text('drain-strategy', 'gradual') as Options['drainStrategy'],
    parentShutdownTimeS: number('parent-shutdown-time-s', 900),
    hotRestart: flag('disable-hot-restart')
      ? undefined
      : {
          epoch,
          dynamicBaseId: flag('use-dynamic-base-id'),
          socketPath: text('socket-path', '@attache_domain_socket'),
          socketMode: Number.parseInt(text('socket-mode', '600'), 8),
          skipOnNoParent: flag('skip-hot-restart-on-no-parent'),
          skipParentStats: flag('skip-hot-restart-parent-stats'),
        },
    fileFlushIntervalMsec: number('file-flush-interval-msec', 10_000),
    fileFlushMinSizeKb: number('file-flush-min-size-kb', 64),
    allowUnknownStaticFields: flag('allow-unknown-static-fields') || flag('allow-unknown-fields'),
    rejectUnknownDynamicFields: flag('reject-unknown-dynamic-fields'),
    ignoreUnknownDynamicFields: flag('ignore-unknown-dynamic-fields'),
    skipDeprecatedLogs: flag('skip-deprecated-logs'),
    statsTags: parseStatsTags(list('stats-tag')),
    dnsHosts: parseDnsHosts(list('dns-host')),
    given: values,
  };
}

/** The options of a library user who gives no flags. */
export const defaultOptions = (): Options => toOptions(new Map());

/** Reads a command line (without node and script). Never throws. */
export function parseFlags(argv: readonly string[]): ParsedFlags {
  try {
    const values = readArguments(argv);
    if (values.has('help')) return { kind: 'help' };
    if (values.has('version')) return { kind: 'version' };
    if (values.has('hot-restart-version')) return { kind: 'hot-restart-version' };
    const options = toOptions(values);
    if (options.configPath === '' && options.configYaml === '') {
      return { kind: 'error', message: 'at least one of --config-path (-c) and --config-yaml must be given' };
    }
    return { kind: 'run', options };
  } catch (error) {
    if (error instanceof FlagError) return { kind: 'error', message: error.message };
    throw error;
  }
}
