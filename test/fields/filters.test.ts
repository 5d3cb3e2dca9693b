import { httpFilters } from './filters.ts';
import { run } from './support.ts';

await run(httpFilters);
