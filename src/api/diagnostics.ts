/**
 * One step of a path into a configuration: a field name (or map key) in the spelling of the file, or a list
 * index.
 */
export type PathSegment = string | number;
export type Path = readonly PathSegment[];

export type Severity = 'error' | 'warning';

/** A finding about a configuration, before it is located in the text. */
export type Diagnostic = {
  readonly severity: Severity;
  /** Where, in the spelling of the file. */
  readonly path: Path;
  /** One sentence without the path and without a full stop. */
  readonly message: string;
  /** What would have been right: `a number from 0 to 65535`. */
  readonly expected?: string;
  /** The nearest valid name or spelling. */
  readonly suggestion?: string;
  /** The text it belongs to: a file name, `<config-yaml>`, `<stdin>`. Absent: the main one. */
  readonly file?: string;
  /** A stable word for machines: `syntax`, `unknown-field`, `type`, `rule`, `unsupported`, `v2`, ... */
  readonly code: string;
  /** The fault is in the key itself (an unknown field), not in its value. */
  readonly keyError?: boolean;
  /** A position that is already known (syntax errors): both counted from 1. */
  readonly at?: { readonly line: number; readonly column: number };
  /** The path is in terms of the text itself, not of a value that was upgraded or merged from it. */
  readonly original?: boolean;
};

export type DiagnosticDetails = Omit<Partial<Diagnostic>, 'severity' | 'path' | 'code' | 'message'>;

/** Gathers all findings of one load, so that they come out at once. */
export class Diagnostics {
  readonly #list: Diagnostic[] = [];
  #errors = 0;

  /** In the order of arrival; locate.ts sorts them by position. */
  get list(): readonly Diagnostic[] {
    return this.#list;
  }

  get hasErrors(): boolean {
    return this.#errors > 0;
  }

  get errorCount(): number {
    return this.#errors;
  }

  error(path: Path, code: string, message: string, details: DiagnosticDetails = {}): void {
    this.add({ ...details, severity: 'error', path: [...path], code, message });
  }

  warning(path: Path, code: string, message: string, details: DiagnosticDetails = {}): void {
    this.add({ ...details, severity: 'warning', path: [...path], code, message });
  }

  add(diagnostic: Diagnostic): void {
    if (diagnostic.severity === 'error') this.#errors++;
    this.#list.push(diagnostic);
  }

  addAll(diagnostics: Iterable<Diagnostic>): void {
    for (const diagnostic of diagnostics) this.add(diagnostic);
  }
}

/** `a.b[2].c["odd key"]`: how a path is written in messages. */
export function formatPath(path: Path): string {
  let text = '';
  for (const segment of path) {
    if (typeof segment === 'number') text += `[${segment}]`;
    else if (/^[@A-Za-z_][\w@-]*$/.test(segment)) text += text === '' ? segment : `.${segment}`;
    else text += `[${JSON.stringify(segment)}]`;
  }
  return text === '' ? '(top level)' : text;
}
