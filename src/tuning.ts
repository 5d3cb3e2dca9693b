import { setFlagsFromString } from 'node:v8';

/**
 * The JavaScript here is the control half: most of it runs once. V8 otherwise compiles a few small functions
 * of the start with its optimizing compiler, whose code and pages then stay in memory for good: 4 of 65 MB
 * at rest on Node 20. Other versions of V8 name these flags otherwise.
 */
const tunable = process.versions.v8.startsWith('11.');

export function compileLate(): void {
  if (!tunable) return;
  setFlagsFromString('--interrupt-budget=600000');
  setFlagsFromString('--max-bytecode-size-for-early-opt=0');
  setFlagsFromString('--no-sparkplug');
}

/** V8's own defaults: for a large configuration, which is read in three quarters of the time. */
export function compileEarly(): void {
  if (!tunable) return;
  setFlagsFromString('--interrupt-budget=67584');
  setFlagsFromString('--max-bytecode-size-for-early-opt=81');
  setFlagsFromString('--sparkplug');
}
