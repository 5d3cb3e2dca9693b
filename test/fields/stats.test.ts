import { exclusion, inclusion, overload, rejection } from './stats.ts';
import { run } from './support.ts';

for (const family of [exclusion, inclusion, rejection, overload]) await run(family);
