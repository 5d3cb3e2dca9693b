import { compileLate } from './tuning.ts';

/** Imported before everything else. */
compileLate();
