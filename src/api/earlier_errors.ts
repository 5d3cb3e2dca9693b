import type { Diagnostics, Path, PathSegment } from './diagnostics.ts';
import { spellings } from './origins.ts';

/** What was found before a check, so that it does not report what only follows from that. */
export class EarlierErrors {
  readonly #paths: readonly Path[];

  constructor(diagnostics: Diagnostics) {
    this.#paths = diagnostics.list.filter((d) => d.severity === 'error' && !d.original).map((d) => d.path);
  }

  /** Something was wrong with what is at the path, or in it: it could not be read. */
  at(path: Path): boolean {
    return this.#paths.some((known) => path.every((segment, i) => isSame(segment, known[i])));
  }
}

/** Findings of the decoder spell fields as the file does. */
function isSame(segment: PathSegment, known: PathSegment | undefined): boolean {
  if (segment === known) return true;
  return typeof segment === 'string' && typeof known === 'string' && spellings(segment).includes(known);
}
