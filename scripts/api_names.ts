/** `envoy.config.cluster.v3` of `envoy.config.cluster.v3.Cluster.RefreshRate`. */
export const packageOf = (fullName: string): string => fullName.slice(0, fullName.search(/\.[A-Z]/));

/**
 * A name for each type: that in its package; with words of the package in front when two share it. `given`:
 * where that gives no good name. Throws when two have one name all the same.
 */
export function nameAll(
  fullNames: readonly string[],
  given: Readonly<Record<string, string>> = {},
): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const short = (fullName: string): string =>
    fullName.slice(packageOf(fullName).length + 1).replaceAll('.', '_');
  const taken = new Map<string, string[]>();
  for (const fullName of fullNames)
    taken.set(short(fullName), [...(taken.get(short(fullName)) ?? []), fullName]);
  for (const [name, sharing] of taken) {
    for (const fullName of sharing) {
      const made = sharing.length === 1 ? name : `${packageWords(fullName)}${name}`;
      names.set(fullName, given[fullName] ?? made);
    }
  }
  const all = [...names.values()];
  const twice = all.filter((name, i) => all.indexOf(name) !== i);
  if (twice.length > 0) throw new Error(`two types share a name: ${twice.join(', ')}`);
  return names;
}

/** `envoy.config.core.v3` → `Core`; `envoy.type.matcher.v3` → `TypeMatcher`; `xds.core.v3` → `XdsCore`. */
function packageWords(fullName: string): string {
  const parts = packageOf(fullName)
    .replace(/^envoy\.(?:config\.|extensions\.|service\.)?/, '')
    .split('.')
    .filter((part) => !/^v\d+$/.test(part));
  return parts
    .flatMap((part) => part.split('_'))
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
