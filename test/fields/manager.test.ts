import { managers } from './manager.ts';
import { run } from './support.ts';

await run(managers);
