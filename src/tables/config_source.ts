import type { Diagnostics, Path } from '../api/diagnostics.ts';

/** `self` in what no management server has sent. */
export function unknownSelf(path: Path, diagnostics: Diagnostics): void {
  diagnostics.error(path, 'source', 'there is no server that it came from', {
    expected: 'path_config_source, ads or api_config_source',
  });
}
