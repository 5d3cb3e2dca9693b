import { discovery } from './discovery.ts';
import { run } from './support.ts';

await run(discovery);
