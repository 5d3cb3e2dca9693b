import { faults } from './fault.ts';
import { run } from './support.ts';

await run(faults);
