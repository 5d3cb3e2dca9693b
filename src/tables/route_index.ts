import { lowerAscii } from './route_string.ts';
import { PathMatch, type RouteIndexInput, type RouteInput } from './generated/layout.ts';
import { literalPrefix } from './route_regex.ts';
import { buildTrie, byteString, type TrieEntry } from './route_trie.ts';

/** Up to this many routes are found faster by trying one after the other (route_bench), ... */
const SCAN_ROUTES = 8;
/** ... unless several of them are regular expressions; more than a few of these are matched as one set. */
const SCAN_REGEXES = 1;
const SINGLE_REGEXES = 4;

/** A virtual host's routes as they are stored, and the index over them if it pays. */
export type IndexedRoutes = {
  readonly routes: readonly RouteInput[];
  readonly index: RouteIndexInput | undefined;
};

/** Builds the index of a virtual host. `routes` are complete but for `path_regex`. */
export function indexRoutes(routes: readonly RouteInput[]): IndexedRoutes {
  const regexes = routes.flatMap((route, number) => (route.path_match === PathMatch.Regex ? [number] : []));
  const set = regexes.length > SINGLE_REGEXES;
  const stored = set
    ? routes
    : routes.map((route) =>
        route.path_match === PathMatch.Regex
          ? { ...route, path_regex: { patterns: [route.path ?? ''] } }
          : route,
      );
  if (routes.length <= SCAN_ROUTES && regexes.length <= SCAN_REGEXES)
    return { routes: stored, index: undefined };
  const sensitive: TrieEntry[] = [];
  const folded: TrieEntry[] = [];
  routes.forEach((route, value) => {
    const regex = route.path_match === PathMatch.Regex;
    addEntries(regex || route.case_sensitive === true ? sensitive : folded, route, value, set);
  });
  const index: RouteIndexInput = {
    sensitive: buildTrie(sensitive),
    folded: buildTrie(folded),
    ...(set
      ? {
          regex_set: { patterns: regexes.map((number) => routes[number]?.path ?? '') },
          regex_routes: regexes,
        }
      : {}),
  };
  return { routes: stored, index };
}

function addEntries(entries: TrieEntry[], route: RouteInput, value: number, set: boolean): void {
  const path = route.path ?? '';
  const key = byteString(path);
  const final = route.conditions === undefined && (route.headers?.length ?? 0) === 0;
  switch (route.path_match) {
    case PathMatch.Exact:
      entries.push({ kind: 'exact', key, value, final });
      break;
    case PathMatch.PathSeparatedPrefix:
      entries.push({ kind: 'exact', key, value, final }, { kind: 'prefix', key: `${key}/`, value, final });
      break;
    case PathMatch.Regex: {
      const literal = byteString(literalPrefix(path));
      entries.push(
        set ? { kind: 'regex', key: literal, value } : { kind: 'prefix', key: literal, value, flag: true },
      );
      break;
    }
    case PathMatch.Connect:
      break; // for requests without a path, which the index is not asked about
    default:
      entries.push({ kind: 'prefix', key, value, final });
  }
}

/** A literal path as the record holds it. */
export const storedPath = (path: string, caseSensitive: boolean): string =>
  caseSensitive ? path : lowerAscii(path);
