import { route } from './route.ts';
import { run } from './support.ts';

await run(route);
