import { clusters } from './cluster.ts';
import { run } from './support.ts';

await run(clusters);
