/**
 * Imported before everything else: Node opens its inspector on SIGUSR1 until somebody listens to it.
 * What arrives before the server is there is remembered.
 */
type Action = 'stop' | 'reopen';
let handler: ((action: Action, signal: NodeJS.Signals) => void) | undefined;
const early: [Action, NodeJS.Signals][] = [];

function on(signal: NodeJS.Signals, action: Action): void {
  process.on(signal, () => {
    if (handler === undefined) early.push([action, signal]);
    else handler(action, signal);
  });
}

on('SIGUSR1', 'reopen');
on('SIGTERM', 'stop');
on('SIGINT', 'stop');
// A terminal that closes, or a supervisor that means "reload": files are watched anyway.
process.on('SIGHUP', () => undefined);

/** Takes the signals over, those that came early first. */
export function onSignal(take: (action: Action, signal: NodeJS.Signals) => void): void {
  handler = take;
  for (const [action, signal] of early.splice(0)) take(action, signal);
}
