import cluster from 'node:cluster';
import { Writable } from 'node:stream';
import type { LoggerService } from '@nestjs/common';
import { type ByteSink, BatchedWriter } from './batched.writer.js';
import { sourceStack } from './source.stack.js';
import { StartupError } from '../errors/startup.error.js';
import { type DestinationStream, type Logger, pino } from 'pino';
import { redact } from '../values/redact.js';

/** Bytes of unwritten log kept when nobody reads it; beyond that, lines are dropped rather than requests delayed. */
const MAX_UNWRITTEN_BYTES = 8 * 1024 * 1024;

/** Standard output, written while other things go on. */
const TO_OUTPUT = { fd: 1, sync: false, maxLength: MAX_UNWRITTEN_BYTES };

/** Workers write to one pipe: what is longer may be mixed with lines of others (pipe(7), PIPE_BUF). */
const MAX_WRITE_OF_WORKERS = 4096;

/** Only the kind, the sentence and the code of an error: its other properties may hold a query's values. */
function plainError(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code } = error as { code?: unknown };
  const cause = error.cause === undefined ? {} : { cause: plainError(error.cause) };
  return {
    type: error.name,
    message: redact(error.message),
    ...(typeof code === 'string' ? { code } : {}),
    stack: error.stack && redact(sourceStack(error.stack)),
    ...cause,
  };
}

/** One JSON line, or one readable line, an entry; written asynchronously, never in front of an answer. */
export function createLogger(
  options: { level: string; format: 'json' | 'console' },
  destination?: DestinationStream,
): Logger {
  const { worker } = cluster;
  // A worker's lines are written as they come: together they would be too long for one write.
  const output = (): DestinationStream =>
    worker ? pino.destination({ ...TO_OUTPUT, maxWrite: MAX_WRITE_OF_WORKERS }) : batchedOutput();
  const sink = destination ?? output();
  return pino(
    {
      level: options.level,
      base: worker ? { worker: worker.id } : null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: plainError },
    },
    options.format === 'console' ? readable(sink) : sink,
  );
}

function batchedOutput(): BatchedWriter {
  // The one mode in which it takes bytes; its types know text only.
  const sink = pino.destination({ ...TO_OUTPUT, contentMode: 'buffer' }) as unknown as ByteSink;
  const batch = new BatchedWriter(sink);
  // Ahead of pino's own listener, which writes out what the sink has: what ends a process by force is told in its last lines.
  process.prependListener('exit', () => batch.flushSync());
  return batch;
}

/** Turns pino's JSON lines into `time LEVEL message key=value …`. */
function readable(sink: DestinationStream): DestinationStream {
  return new Writable({
    decodeStrings: false,
    write(line: string | Buffer, _encoding, done) {
      const { time, level, msg, ...rest } = JSON.parse(String(line)) as { time: string; level: string; msg?: string };
      const pairs = Object.entries(rest).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
      sink.write(`${[time, level.toUpperCase(), ...(msg === undefined ? [] : [msg]), ...pairs].join(' ')}\n`);
      done();
    },
  });
}

/** Nest's own chatter while it wires the application: of use only to those who debug it. */
const CHATTY = new Set(['InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestFactory', 'NestApplication']);

/** Nest's logger, writing through pino. */
export class NestLog implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, context?: string): void {
    this.write(context && CHATTY.has(context) ? 'debug' : 'info', message, context);
  }
  debug(message: unknown, context?: string): void {
    this.write('debug', message, context);
  }
  verbose(message: unknown, context?: string): void {
    this.write('trace', message, context);
  }
  warn(message: unknown, context?: string): void {
    this.write('warn', message, context);
  }
  /** A refused start is told by the command, in one line: the word of Nest and of its database module on it would be a stack. */
  error(message: unknown, ...rest: unknown[]): void {
    if (message instanceof StartupError || rest.at(-1) === 'TypeOrmModule') return;
    this.write('error', message, rest.at(-1) as string | undefined);
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest.at(-1) as string | undefined);
  }

  private write(
    level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal',
    message: unknown,
    context?: string,
  ): void {
    const entry = typeof message === 'object' && message !== null && !(message instanceof Error) ? message : {};
    const error = message instanceof Error ? { err: message } : {};
    this.logger[level]({ ...entry, ...error, context }, typeof message === 'string' ? message : undefined);
  }
}
