/** What a filter of the query string matches, or the reason why it is no regular expression. */
export type Pattern = { readonly test: (text: string) => boolean } | { readonly error: string };

/** A regular expression that may match anywhere, or must match the whole text. */
export function compile(source: string, whole = false): Pattern {
  try {
    // RE2's names of groups.
    const own = source.replaceAll('(?P<', '(?<');
    const [, flags = '', rest = own] = /^\(\?([is]+)\)(.*)$/s.exec(own) ?? [];
    const regex = new RegExp(whole ? `^(?:${rest})$` : rest, flags);
    return { test: (text) => regex.test(text) };
  } catch (error) {
    return { error: reasonOf(error as Error, source) };
  }
}

/** In RE2's words where it has some for the usual slip. */
function reasonOf(error: Error, source: string): string {
  if (/unterminated group/i.test(error.message)) return `missing ): ${source}`;
  if (/unmatched '\)'/i.test(error.message)) return `unexpected ): ${source}`;
  if (/nothing to repeat/i.test(error.message)) return `no argument for repetition operator: ${source}`;
  return error.message.replace(/^Invalid regular expression: /, '');
}
