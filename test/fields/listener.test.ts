import { listeners } from './listener.ts';
import { run } from './support.ts';

await run(listeners);
