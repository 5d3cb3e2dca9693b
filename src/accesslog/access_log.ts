import type { Message } from '../api/message.ts';
import { ANY_TYPE, typeNameOf } from '../api/message.ts';
import { accessLoggers } from '../extensions/access_loggers/index.ts';
import type { AccessLogInput } from '../tables/generated/layout.ts';
import { child, messages, text } from '../tables/route_read.ts';
import { type AccessLogContext, compileFilter } from './filter.ts';

/** What an access logger makes of its typed_config: where lines or entries go, and what they say. */
export type LoggerInput = Pick<AccessLogInput, 'sink' | 'path' | 'format' | 'grpc'>;

/** The config half of an access logger. */
export type AccessLogger = {
  readonly name: string;
  /** The message of its typed_config. */
  readonly type: string;
  /** undefined after reporting what is wrong; `context.path` is that of the typed_config. */
  readonly compile: (config: Message, context: AccessLogContext) => LoggerInput | undefined;
};

/**
 * Compiles an envoy.config.accesslog.v3.AccessLog whose typed_config is decoded; undefined after reporting what
 * is wrong or not supported.
 */
export function compileAccessLog(log: Message, context: AccessLogContext): AccessLogInput | undefined {
  const { diagnostics, path } = context;
  const any = child(log, 'typed_config');
  const where = [...path, 'typed_config'];
  const config = any?.$type === ANY_TYPE ? (any.$decoded as Message | undefined) : any;
  const type = config?.$type ?? typeNameOf(any === undefined ? '' : text(any, 'type_url'));
  const logger = accessLoggers.find((each) => each.type === type);
  if (logger === undefined || config === undefined) {
    const what =
      type === ''
        ? `the access logger ${text(log, 'name')} has no typed_config`
        : `the access logger ${type} is not supported yet`;
    diagnostics.error(where, 'unsupported', what, {
      expected: accessLoggers.map((each) => each.type).join(', '),
    });
    return undefined;
  }
  const made = logger.compile(config, { ...context, path: where });
  const written = child(log, 'filter');
  const filter = written === undefined ? undefined : compileFilter(written, [...path, 'filter'], context);
  if (made === undefined || (written !== undefined && filter === undefined)) return undefined;
  return { ...made, filter };
}

/** The `access_log` of a message; those that are wrong are reported and left out. */
export function compileAccessLogs(holder: Message, context: AccessLogContext): AccessLogInput[] {
  return messages(holder, 'access_log').flatMap((log, i) => {
    const made = compileAccessLog(log, { ...context, path: [...context.path, 'access_log', i] });
    return made === undefined ? [] : [made];
  });
}
