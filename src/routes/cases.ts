import { readFileSync } from 'node:fs';
import { Diagnostics, type Path } from '../api/diagnostics.ts';
import { renderAll } from '../api/render.ts';
import { parseText } from '../api/text.ts';
import type { Finding } from '../config/messages.ts';
import { nearest } from '../nearest.ts';
import { type Headers, HeaderMatching } from './table.ts';

/** What a test of a route table may ask for, by the names of Envoy's router check tool. */
export const ASSERTIONS = [
  'cluster_name',
  'virtual_cluster_name',
  'virtual_host_name',
  'path_rewrite',
  'host_rewrite',
  'path_redirect',
  'code_redirect',
] as const;
export type Assertion = (typeof ASSERTIONS)[number];

/** A condition of the headers that the host, or the client, sees in the end. */
export type HeaderAssertion = {
  /** How it stands in the file. */
  readonly text: string;
  readonly holds: (headers: Headers) => boolean;
};

export type RouteCase = {
  readonly name: string;
  readonly headers: Headers;
  readonly response: Headers;
  readonly random: number;
  readonly expected: ReadonlyMap<Assertion, string>;
  readonly requestHeaders: readonly HeaderAssertion[];
  readonly responseHeaders: readonly HeaderAssertion[];
};

export type LoadedCases = { readonly findings: readonly Finding[]; readonly cases: readonly RouteCase[] };

type Json = Readonly<Record<string, unknown>>;

/** Reads the tests in a file (`tests`, a list of `test_name`, `input`, `validate`); findings say what is wrong. */
export async function loadCases(file: string): Promise<LoadedCases> {
  const diagnostics = new Diagnostics();
  const content = readFileSync(file, 'utf8');
  const value = parseText(content, file, diagnostics);
  const cases = diagnostics.hasErrors ? [] : new CaseReader(diagnostics).file(value);
  const findings = await renderAll(diagnostics.list, {
    sources: [{ name: file, text: content }],
    root: value,
  });
  return { findings, cases: diagnostics.hasErrors ? [] : cases };
}

const FIELDS = {
  file: ['tests'],
  case: ['test_name', 'input', 'validate'],
  input: [
    ...['authority', 'path', 'method', 'random_value', 'ssl', 'internal'],
    ...['additional_request_headers', 'additional_response_headers', 'additional_headers'],
  ],
  validate: [
    ...ASSERTIONS,
    'request_header_matches',
    'response_header_matches',
    'header_fields',
    'custom_header_fields',
  ],
  header: ['key', 'value', 'field', 'header', 'append'],
} as const;

class CaseReader {
  readonly #diagnostics: Diagnostics;
  readonly #matching = new HeaderMatching();

  constructor(diagnostics: Diagnostics) {
    this.#diagnostics = diagnostics;
  }

  file(value: unknown): RouteCase[] {
    // Older files are the list itself.
    const root = Array.isArray(value) ? { tests: value as unknown[] } : this.#object(value, [], FIELDS.file);
    const tests = this.#list(root.tests, ['tests']);
    if (tests.length === 0) this.#refuse(['tests'], 'there are no tests', 'a list of tests');
    return tests.map((each, i) => this.#case(each, Array.isArray(value) ? [i] : ['tests', i]));
  }

  #case(value: unknown, path: Path): RouteCase {
    const fields = this.#object(value, path, FIELDS.case);
    const input = this.#object(fields.input, [...path, 'input'], FIELDS.input);
    const where = [...path, 'validate'];
    const validate = this.#object(fields.validate, where, FIELDS.validate);
    const expected = new Map<Assertion, string>();
    for (const assertion of ASSERTIONS) {
      const wanted = validate[assertion];
      if (wanted !== undefined) expected.set(assertion, this.#text(wanted, [...where, assertion]));
    }
    const requestHeaders = [
      ...this.#matchers(validate, 'request_header_matches', where),
      ...this.#fields(validate, 'header_fields', where),
      ...this.#fields(validate, 'custom_header_fields', where),
    ];
    const responseHeaders = this.#matchers(validate, 'response_header_matches', where);
    if (expected.size + requestHeaders.length + responseHeaders.length === 0)
      this.#refuse(where, 'nothing is asked for', 'one of its fields');
    const name = this.#text(fields.test_name ?? '', [...path, 'test_name']);
    if (name === '') this.#refuse([...path, 'test_name'], 'the test has no name', 'a name');
    const random = Number(input.random_value ?? 0);
    if (!Number.isSafeInteger(random) || random < 0)
      this.#refuse(
        [...path, 'input', 'random_value'],
        'this is no random value',
        'a whole number below 2^53',
      );
    const { headers, response } = this.#headers(input, [...path, 'input']);
    return { name, headers, response, random, expected, requestHeaders, responseHeaders };
  }

  #headers(input: Json, path: Path): { headers: Headers; response: Headers } {
    const text = (field: string, otherwise: string): string =>
      this.#text(input[field] ?? otherwise, [...path, field]);
    const scheme = input.ssl === true ? 'https' : 'http';
    const headers = [
      ...[':authority', text('authority', '')],
      ...[':path', text('path', '')],
      ...[':method', text('method', 'GET')],
      ...[':scheme', scheme, 'x-forwarded-proto', scheme],
      ...(input.internal === true ? ['x-envoy-internal', 'true'] : []),
    ];
    for (const field of ['authority', 'path'])
      if (text(field, '') === '') this.#refuse([...path, field], `the ${field} is missing`, 'a text');
    for (const field of ['additional_request_headers', 'additional_headers'])
      headers.push(...this.#pairs(input[field], [...path, field]));
    const field = 'additional_response_headers';
    return { headers, response: this.#pairs(input[field], [...path, field]) };
  }

  #pairs(value: unknown, path: Path): string[] {
    return this.#list(value, path).flatMap((each, i) => {
      const at = [...path, i];
      // HeaderValueOption in newer files.
      const outer = this.#object(each, at, FIELDS.header);
      const inner =
        outer.header === undefined ? outer : this.#object(outer.header, [...at, 'header'], FIELDS.header);
      const key = inner.key ?? inner.field ?? '';
      return [this.#text(key, at).toLowerCase(), this.#text(inner.value ?? '', at)];
    });
  }

  /** Older files: a header and its whole value; an empty one is not there. */
  #fields(validate: Json, field: string, where: Path): HeaderAssertion[] {
    const pairs = this.#pairs(validate[field], [...where, field]);
    const assertions: HeaderAssertion[] = [];
    for (let i = 0; i < pairs.length; i += 2) {
      const [name = '', value = ''] = pairs.slice(i, i + 2);
      const holds = (headers: Headers): boolean => headerOf(headers, name) === value;
      assertions.push({ text: `${name}: ${value}`, holds });
    }
    return assertions;
  }

  #matchers(validate: Json, field: string, where: Path): HeaderAssertion[] {
    return this.#list(validate[field], [...where, field]).map((matcher, i) => {
      const holds = this.#matching.compile(matcher);
      if (typeof holds === 'string') this.#refuse([...where, field, i], holds);
      return { text: JSON.stringify(matcher), holds: typeof holds === 'string' ? () => false : holds };
    });
  }

  #object(value: unknown, path: Path, names: readonly string[]): Json {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.#refuse(
        path,
        value === undefined ? `${path.at(-1)} is missing` : 'this is no object',
        'an object',
      );
      return {};
    }
    for (const key of Object.keys(value)) {
      if (names.includes(key)) continue;
      const suggestion = nearest(key, names);
      const message = key === 'runtime' ? 'runtime is not supported yet' : `there is no field '${key}'`;
      this.#diagnostics.error([...path, key], 'unknown-field', message, { suggestion, keyError: true });
    }
    return value as Json;
  }

  #list(value: unknown, path: Path): readonly unknown[] {
    if (value === undefined) return [];
    if (Array.isArray(value)) return value;
    this.#refuse(path, 'this is no list', 'a list');
    return [];
  }

  #text(value: unknown, path: Path): string {
    if (typeof value === 'string') return value;
    if (typeof value === 'number') return String(value);
    this.#refuse(path, 'this is no text', 'a text');
    return '';
  }

  #refuse(path: Path, message: string, expected?: string): void {
    this.#diagnostics.error(path, 'rule', message, expected === undefined ? {} : { expected });
  }
}

/** All values of a header, with commas between them; empty without any. */
export function headerOf(headers: Headers, name: string): string {
  const values: string[] = [];
  for (let i = 0; i < headers.length; i += 2) if (headers[i] === name) values.push(headers[i + 1] as string);
  return values.join(',');
}
