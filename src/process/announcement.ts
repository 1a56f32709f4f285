import type { Logger } from 'pino';
import { localUrl } from '../common/values/local.url.js';
import { VERSION } from '../common/values/package.js';

interface Listening {
  host: string;
  port: number;
  workers?: number;
}

/** Says where the server listens: to a terminal in three lines with addresses, else in a line of the log. */
export function announce(logger: Logger, listening: Listening, output: NodeJS.WriteStream = process.stdout): void {
  if (!output.isTTY) return logger.info(listening, 'listening');
  if (logger.isLevelEnabled('info')) output.write(lines(listening));
}

function lines({ host, port }: Listening): string {
  const url = localUrl(host, port);
  return `llm-proxy ${VERSION}\n  address        ${url}\n  documentation  ${url}/docs\n`;
}
