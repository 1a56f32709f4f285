import cluster from 'node:cluster';
import { writeSync } from 'node:fs';
import { Writable } from 'node:stream';
import type { LoggerService } from '@nestjs/common';
import { type ByteSink, BatchedWriter } from './batched.writer.js';
import { consoleLine } from './console.line.js';
import { sourceStack } from './source.stack.js';
import { LogFile, type LogFileOptions } from './log.file.js';
import { EXIT, StartupError } from '../errors/startup.error.js';
import { type DestinationStream, type Logger, pino } from 'pino';
import { redact } from '../values/redact.js';

/** The most bytes of log that wait to be written. When the reader is too slow, further lines are dropped so that requests are not delayed. */
const MAX_UNWRITTEN_BYTES = 8 * 1024 * 1024;

/** Standard output, written asynchronously. */
const TO_OUTPUT = { fd: 1, sync: false, maxLength: MAX_UNWRITTEN_BYTES };

/** Workers share one pipe, where longer writes of two workers may be mixed (pipe(7), PIPE_BUF). */
const MAX_WRITE_OF_WORKERS = 4096;

/** The name, message, code and stack of an error. Its other properties may contain the values of a query. */
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

/** A logger that writes one line for each entry, as JSON or as readable text. It writes asynchronously and delays no response. */
export function createLogger(
  options: { level: string; format: 'json' | 'console'; file?: LogFileOptions | undefined },
  destination?: DestinationStream,
): Logger {
  const { worker } = cluster;
  // A worker writes each line at once, because a batch would be longer than MAX_WRITE_OF_WORKERS.
  const output = (): DestinationStream =>
    worker ? enduring(pino.destination({ ...TO_OUTPUT, maxWrite: MAX_WRITE_OF_WORKERS })) : batchedOutput();
  const sink = destination ?? (options.file ? fileOutput(options.file) : output());
  return pino(
    {
      level: options.level,
      base: worker ? { worker: worker.id } : null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: plainError },
    },
    options.format === 'console' ? readable(sink, destination === undefined && options.file === undefined) : sink,
  );
}

function batchedOutput(): BatchedWriter {
  // In this mode SonicBoom takes bytes; its types declare only text.
  const sink = enduring(pino.destination({ ...TO_OUTPUT, contentMode: 'buffer' })) as unknown as ByteSink;
  return batched(sink);
}

/** A full disk must not end the server: what is not written waits, and is tried again with the next lines. Standard error says so once. */
function enduring<T extends ReturnType<typeof pino.destination>>(output: T): T {
  let isFailing = false;
  output.once('error', ({ code = 'unknown' }: NodeJS.ErrnoException) =>
    complain(`standard output cannot be written (${code}); up to 8 MB of lines wait`),
  );
  output.on('error', () => (isFailing = true));
  output.on('drain', () => (isFailing = false));
  // Runs before pino's own listener, which would try again for ever.
  process.prependListener('beforeExit', () => {
    if (isFailing) output.destroy();
  });
  return output;
}

/** Standard error may be on the same disk. */
function complain(message: string): void {
  try {
    writeSync(2, `${message}\n`);
  } catch {
    // Nothing is left to write to.
  }
}

/** SIGHUP opens the file again: a tool has renamed it. */
function fileOutput(options: LogFileOptions): BatchedWriter {
  try {
    const file = new LogFile(options);
    process.on('SIGHUP', () => file.reopen());
    return batched(file);
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new StartupError(EXIT.config, [`LOG_FILE ${options.path}: the file cannot be opened (${code})`]);
  }
}

function batched(sink: ByteSink): BatchedWriter {
  const batch = new BatchedWriter(sink);
  // Runs before pino's own listener, which flushes the sink: the last lines often say why the process ends.
  process.prependListener('exit', () => {
    try {
      batch.flushSync();
    } catch (error) {
      complain(`the last lines of the log are lost (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
    }
  });
  return batch;
}

/** Turns pino's JSON lines into lines for people. Node reads NO_COLOR, FORCE_COLOR and TERM. */
function readable(sink: DestinationStream, isTerminal: boolean): DestinationStream {
  const hasColours = isTerminal && process.stdout.isTTY && process.stdout.hasColors();
  return new Writable({
    decodeStrings: false,
    write(line: string | Buffer, _encoding, done) {
      sink.write(consoleLine(String(line), hasColours));
      done();
    },
  });
}

/** Contexts of Nest's messages during the start-up, logged at level debug. */
const START_UP_CONTEXTS = new Set([
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestFactory',
  'NestApplication',
]);

/** The logger of Nest, which writes through pino. */
export class NestLog implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, context?: string): void {
    this.write(context && START_UP_CONTEXTS.has(context) ? 'debug' : 'info', message, context);
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
  /** Drops errors of the start-up: the command prints them in one line, and Nest and its database module would add a stack. */
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
