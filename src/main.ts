import { onSignal } from './signals.ts';
import { constants } from 'node:os';
import { type Options, parseFlags } from './flags.ts';
import type { ConfigInput, Finding } from './config/messages.ts';

/** 0: told to stop, or what was asked is answered. 1: wrong flags, a refused configuration, no start. 70: a bug.
 * 128 and the signal's number: a second signal ended it before all connections were gone. */
const EXIT = { ok: 0, refused: 1, bug: 70 } as const;

process.on('uncaughtException', (error) => {
  process.stderr.write(`attache: unexpected failure: ${error.stack ?? error.message}\n`);
  process.exit(EXIT.bug);
});

function show(findings: readonly Finding[], output: Options['output']): void {
  if (output === 'json') {
    const errors = findings.filter((f) => f.severity === 'error').length;
    process.stdout.write(
      `${JSON.stringify({ ok: errors === 0, findings: findings.map((f) => f.json) }, null, 2)}\n`,
    );
    return;
  }
  for (const { text } of findings) process.stderr.write(`${text}\n`);
}

async function input(options: Options): Promise<ConfigInput> {
  const { configPath: path, configYaml: yaml } = options;
  if (path !== '-') return { path, yaml };
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return { path, yaml, text: Buffer.concat(chunks).toString('utf8') };
}

/** `--mode validate`: reads everything, prints what is wrong, starts nothing. */
async function validate(options: Options): Promise<number> {
  const [{ loadBootstrap }, { loadOptions }] = await Promise.all([
    import('./config/load.ts'),
    import('./config/load_options.ts'),
  ]);
  const { findings, result } = await loadBootstrap(await input(options), loadOptions(options));
  show(findings, options.output);
  if (result === undefined) return EXIT.refused;
  const name = options.configPath === '' ? '--config-yaml' : options.configPath;
  if (options.output === 'text') process.stdout.write(`configuration '${name}' OK\n`);
  return EXIT.ok;
}

/** Serves until a signal ends it; the exit code. */
async function serve(options: Options): Promise<number> {
  const { ConfigError, Server } = await import('./server.ts');
  let server: InstanceType<typeof Server>;
  try {
    server = new Server(await input(options), options);
    if (options.hotRestart !== undefined) {
      const { HotRestart } = await import('./hot_restart/hot_restart.ts');
      const warn = (text: string): void => server.log.warn(text);
      server.hotRestart = await HotRestart.open(options.hotRestart, options.baseId, server.native, warn);
    }
  } catch (error) {
    // No native part for this system, or one of another build; or nobody to take over from.
    process.stderr.write(`attache: ${(error as Error).message}\n`);
    return EXIT.refused;
  }
  let stop: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  server.onQuit = stop;
  const ended = async (): Promise<number> => {
    await stopped;
    await server.close();
    return EXIT.ok;
  };
  let signals = 0;
  onSignal((action, signal) => {
    if (action === 'reopen') {
      server.reopenLogs();
      return;
    }
    signals++;
    server.log.warn(`caught ${signal}`);
    if (signals > 1) {
      server.logs.flush();
      process.exit(128 + constants.signals[signal]);
    }
    void server.drain().then(stop);
  });
  try {
    // A start can wait for a resolver: a signal ends that too.
    if (signals === 0) await Promise.race([server.start(true), stopped]);
  } catch (error) {
    // What a stop refuses is no failure of the start.
    if (signals > 0) return ended();
    server.logs.flush();
    if (error instanceof ConfigError) show(error.findings, options.output);
    else process.stderr.write(`attache: ${(error as Error).message}\n`);
    return EXIT.refused;
  }
  return ended();
}

async function main(): Promise<number> {
  if (process.argv[2] === 'routes') {
    const { routesCommand } = await import('./routes/command.ts');
    const out = (text: string): void => void process.stdout.write(text);
    return routesCommand(process.argv.slice(3), { out, err: (text) => void process.stderr.write(text) });
  }
  const parsed = parseFlags(process.argv.slice(2));
  switch (parsed.kind) {
    case 'error':
      process.stderr.write(`attache: ${parsed.message}\n\nFor all flags: attache --help\n`);
      return EXIT.refused;
    case 'help':
      process.stdout.write((await import('./flags_help.ts')).helpText());
      return EXIT.ok;
    case 'version':
      process.stdout.write(`\nattache  version: ${(await import('./version.ts')).VERSION_STRING}\n\n`);
      return EXIT.ok;
    case 'hot-restart-version':
      process.stdout.write(`${(await import('./hot_restart/version.ts')).HOT_RESTART_VERSION}\n`);
      return EXIT.ok;
    case 'run':
      return parsed.options.mode === 'validate' ? validate(parsed.options) : serve(parsed.options);
  }
}

// Threads of a start that failed, or that a signal has ended, must not hold the process up.
void main().then((code) => process.exit(code));
