import { LEVELS, type Level } from '../../log/levels.ts';
import type { LogRoot } from '../../log/logger.ts';
import type { Query } from '../query.ts';
import { type Handler, text } from '../reply.ts';

const USAGE =
  '\nusage: /logging?<name>=<level> (change single level)\n' +
  'usage: /logging?paths=name1:level1,name2:level2,... (change multiple levels)\n' +
  'usage: /logging?level=<level> (change all levels)\n' +
  'usage: /logging?group=<group_name>:<level> (change group of loggers)\n' +
  `levels: ${LEVELS.join(' ')} \n`;

function levelOf(name: string): Level | undefined {
  const level = name === 'warn' ? 'warning' : name;
  return (LEVELS as readonly string[]).includes(level) ? (level as Level) : undefined;
}

/** Changes what the query says. Answers what is wrong with it; nothing was changed then. */
function change(logs: LogRoot, query: Query): string | undefined {
  const parameters = query.entries();
  const [first] = parameters;
  if (first === undefined) return undefined;
  if (parameters.length > 1) return 'invalid number of parameters';
  const [name, value] = first;
  if (name === 'group') return 'group parameter requires fine-grain logging to be enabled';
  if (name === 'level') {
    const level = levelOf(value);
    if (level === undefined) return 'unknown logger level';
    logs.setLevel(undefined, level);
    return undefined;
  }
  const pairs = name === 'paths' ? value.split(',').map((pair) => pair.split(':')) : [[name, value]];
  const changes: [string, Level][] = [];
  const known = new Set(logs.levels().map(([logger]) => logger));
  for (const [logger = '', levelName = ''] of pairs) {
    if (logger === '' || levelName === '') return 'empty logger name or empty logger level';
    const level = levelOf(levelName);
    if (level === undefined) return 'unknown logger level';
    if (!known.has(logger)) return 'unknown logger name';
    changes.push([logger, level]);
  }
  for (const [logger, level] of changes) logs.setLevel(logger, level);
  return undefined;
}

/** Shows all levels, after changing those that the query names. */
export const handle: Handler = ({ logs }, query) => {
  const wrong = change(logs, query);
  const levels = logs.levels().map(([name, level]) => `  ${name}: ${level}\n`);
  const shown = `active loggers:\n${levels.join('')}\n`;
  return wrong === undefined ? text(shown) : text(`error: ${wrong}\n${USAGE}${shown}`, 400);
};
