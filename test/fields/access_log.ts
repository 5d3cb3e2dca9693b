/** Access logs: what they say, where, and which requests they leave out. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask, eventually, type Fields, get, type Json } from '../e2e/support.ts';
import { type Case, type Family, of, type See, type Site, type View } from './support.ts';

const LOG = 'envoy.config.accesslog.v3';
const LOGGERS = 'envoy.extensions.access_loggers';
const FILE = `${LOGGERS}.file.v3.FileAccessLog`;
const FORMAT = 'envoy.config.core.v3.SubstitutionFormatString';
const HCM = 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
const END = '%REQ(x-end)%';

const text = (format: string): Fields => ({ log_format: { text_format: `${format}\n` } });
const typed = (type: string, fields: Fields): Fields => ({
  '@type': `type.googleapis.com/${type}`,
  ...fields,
});
const logTo = (path: string, fields: Fields, filter: Fields = {}): Json => ({
  name: 'log',
  typed_config: typed(FILE, { path, ...fields }),
  ...filter,
});

let made = 0;
/** The requests (x-n) that a log with a filter has lines of, once a second log without one has all. */
function filtered(
  files: string,
  fields: string[],
  on: Fields,
  off: Fields,
  requests: string[],
  seen: string,
  unseen: string,
): Case {
  const site = (filter: Fields, path: string): Site => ({
    manager: {
      access_log: [logTo(path, text('%REQ(x-n)%'), { filter }), logTo(`${path}.all`, text('%REQ(x-n)%'))],
    },
  });
  const [a, b] = [join(files, `f${made++}`), join(files, `f${made++}`)];
  return {
    fields: [...fields, `${LOG}.AccessLog.filter`],
    on: site(on, a),
    off: site(off, b),
    see: async (view) => {
      const path = view.name.endsWith('on') ? a : b;
      for (const [i, extra] of requests.entries()) await ask(view.port, get('/', `x-n: ${i}\r\n${extra}`));
      // Both files are written by one flush: the filtered one has what it will have.
      await eventually('all lines', () => lines(`${path}.all`).length === requests.length);
      await ask(view.port, get('/', 'x-n: z\r\n'));
      await eventually('one more flush', () => lines(`${path}.all`).includes('z'));
      return lines(path)
        .filter((line) => line !== 'z')
        .join('');
    },
    seen,
    unseen,
  };
}

const lines = (path: string): string[] =>
  existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    : [];

/** The first line of a log to a file. */
function says(
  files: string,
  fields: string[],
  on: Fields,
  off: Fields,
  seen: unknown,
  unseen: unknown,
): Case {
  const [a, b] = [join(files, `f${made++}`), join(files, `f${made++}`)];
  return {
    fields,
    on: { manager: { access_log: [logTo(a, on)] } },
    off: { manager: { access_log: [logTo(b, off)] } },
    see: async (view) => {
      await ask(view.port, get('/', 'x-end: e\r\n'));
      const path = view.name.endsWith('on') ? a : b;
      return eventually('a line', () => lines(path)[0]);
    },
    seen,
    unseen,
  };
}

function formats(files: string): Case[] {
  const path = join(files, 'format.txt');
  writeFileSync(path, `from a file ${END}\n`);
  const json = { j: END, none: '%REQ(x-none)%' };
  const plain = text('plain');
  const full = JSON.stringify({ j: 'e', none: null });
  return [
    says(
      files,
      [...of(FILE, 'log_format'), ...of(FORMAT, 'text_format')],
      text(`text ${END}`),
      plain,
      'text e',
      'plain',
    ),
    says(
      files,
      of(FORMAT, 'text_format_source'),
      { log_format: { text_format_source: { filename: path } } },
      plain,
      'from a file e',
      'plain',
    ),
    says(files, of(FORMAT, 'json_format'), { log_format: { json_format: json } }, plain, full, 'plain'),
    says(
      files,
      of(FORMAT, 'omit_empty_values'),
      { log_format: { json_format: json, omit_empty_values: true } },
      { log_format: { json_format: json } },
      '{"j":"e"}',
      full,
    ),
    says(files, of(FILE, 'format'), { format: `old ${END}\n` }, plain, 'old e', 'plain'),
    says(files, of(FILE, 'json_format'), { json_format: { j: END } }, plain, '{"j":"e"}', 'plain'),
    says(
      files,
      of(FILE, 'typed_json_format'),
      { typed_json_format: { j: '%RESPONSE_CODE%' } },
      plain,
      '{"j":200}',
      'plain',
    ),
  ];
}

/** Lines in the output of the process. */
const stream = (kind: 'Stdout' | 'Stderr'): Case => {
  const type = `${LOGGERS}.stream.v3.${kind}AccessLog`;
  const site = (format: string): Site => ({
    manager: { access_log: [{ name: 'log', typed_config: typed(type, text(format)) }] },
  });
  return {
    fields: of(type, 'log_format'),
    on: site(`${kind} on %RESPONSE_CODE%`),
    see: async (view: View) => {
      await ask(view.port, get('/'));
      return eventually('a line', () => view.world.output().includes(`${kind} on 200\n`));
    },
    seen: true,
  };
};

const where = (files: string): Case => {
  const path = join(files, 'where');
  const see: See = async (view) => {
    await ask(view.port, get('/', `x-end: ${view.name}\r\n`));
    await eventually('the line of the witness', () => lines(`${path}.all`).includes(view.name));
    return lines(path).includes(view.name);
  };
  const witness = logTo(`${path}.all`, text(END));
  return {
    fields: [...of(HCM, 'access_log'), ...of(`${LOG}.AccessLog`, 'typed_config'), ...of(FILE, 'path')],
    on: { manager: { access_log: [logTo(path, text(END)), witness] } },
    off: { manager: { access_log: [witness] } },
    see,
    seen: true,
    unseen: false,
  };
};

const ok = '';
const failed = 'x-do: 503\r\n';
const compare = (value: number, op = 'EQ'): Fields => ({
  comparison: { op, value: { default_value: value, runtime_key: 'none' } },
});
const status = (value: number, op?: string): Fields => ({ status_code_filter: compare(value, op) });
const flagged = { response_flag_filter: { flags: ['UH'] } };
const mark = (value: string): Fields => ({
  header_filter: { header: { name: 'x-m', string_match: { exact: value } } },
});
const ALL = status(0, 'GE');
const inFilter = (name: string): string[] => of(`${LOG}.AccessLogFilter`, name);

function filters(files: string): Case[] {
  const make = (
    fields: string[],
    on: Fields,
    off: Fields,
    requests: string[],
    seen: string,
    unseen: string,
  ): Case => filtered(files, fields, on, off, requests, seen, unseen);
  const two = [ok, failed];
  const ops = of(`${LOG}.ComparisonFilter`, 'op value');
  const value = of('envoy.config.core.v3.RuntimeUInt32', 'default_value');
  const marks = ['x-m: a\r\n', 'x-m: b\r\n', 'x-m: c\r\n', 'x-m: a\r\nx-do: 503\r\n'];
  return [
    make(
      [...inFilter('status_code_filter'), ...of(`${LOG}.StatusCodeFilter`, 'comparison'), ...ops, ...value],
      status(503),
      ALL,
      two,
      '1',
      '01',
    ),
    make(ops, status(503, 'GE'), status(503, 'LE'), two, '1', '01'),
    make(ops, status(503, 'NE'), status(503, 'EQ'), two, '0', '1'),
    make(
      [...inFilter('duration_filter'), ...of(`${LOG}.DurationFilter`, 'comparison')],
      { duration_filter: compare(3_600_000, 'GE') },
      ALL,
      two,
      '',
      '01',
    ),
    make(
      [...inFilter('response_flag_filter'), ...of(`${LOG}.ResponseFlagFilter`, 'flags')],
      flagged,
      ALL,
      two,
      '',
      '01',
    ),
    make(
      [...inFilter('header_filter'), ...of(`${LOG}.HeaderFilter`, 'header')],
      mark('a'),
      ALL,
      marks,
      '03',
      '0123',
    ),
    make(
      [...inFilter('and_filter'), ...of(`${LOG}.AndFilter`, 'filters')],
      { and_filter: { filters: [mark('a'), status(503)] } },
      mark('a'),
      marks,
      '3',
      '03',
    ),
    make(
      [...inFilter('or_filter'), ...of(`${LOG}.OrFilter`, 'filters')],
      { or_filter: { filters: [mark('b'), mark('c')] } },
      mark('b'),
      marks,
      '12',
      '1',
    ),
    // No filter marks requests as health checks: it lets all pass.
    make(
      inFilter('not_health_check_filter'),
      { or_filter: { filters: [{ not_health_check_filter: {} }, mark('x')] } },
      { or_filter: { filters: [mark('y'), mark('x')] } },
      marks,
      '0123',
      '',
    ),
    make(
      [...inFilter('grpc_status_filter'), ...of(`${LOG}.GrpcStatusFilter`, 'statuses')],
      { grpc_status_filter: { statuses: ['UNAVAILABLE'] } },
      ALL,
      two,
      '1',
      '01',
    ),
    make(
      of(`${LOG}.GrpcStatusFilter`, 'exclude'),
      { grpc_status_filter: { statuses: ['UNAVAILABLE'], exclude: true } },
      { grpc_status_filter: { statuses: ['UNAVAILABLE'] } },
      two,
      '0',
      '1',
    ),
  ];
}

export const accessLogs: Family = {
  name: 'access log',
  cases: (files) => [...formats(files), stream('Stdout'), stream('Stderr'), where(files), ...filters(files)],
};
