import type { RouteName } from '../../openai/route.name.js';
import { routeNameOf } from '../../openai/route.name.js';
import type { Exchange } from '../../http/exchange.js';
import { printablePath } from '../../http/printable.path.js';
import { startOf } from '../event/event.line.js';
import type { OpenExchange } from '../store/event.draft.js';

/** An exchange that still runs as one line. No field can contain a tab or a line end: the parser of HTTP refuses both. */
export const openLine = (exchange: Exchange): string =>
  [
    exchange.uuid,
    exchange.requestId,
    startOf(exchange),
    exchange.projectId ?? '',
    exchange.tokenId ?? '',
    exchange.request.method,
    routeNameOf(exchange.path),
    printablePath(exchange),
  ].join('\t');

export const readOpenLines = (text: string): OpenExchange[] =>
  text === '' ? [] : text.split('\n').map((line) => readOpenLine(line.split('\t')));

const readOpenLine = ([uuid, requestId, at, projectId, tokenId, method, route, path]: string[]): OpenExchange => ({
  uuid: uuid!,
  requestId: requestId!,
  at: Number(at),
  ...(projectId ? { projectId } : {}),
  ...(tokenId ? { tokenId } : {}),
  method: method!,
  route: route as RouteName,
  path: path!,
});
