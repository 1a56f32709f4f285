import { ResponseCheck } from './connection.mjs';
import { openConnections } from './connection.pool.mjs';

/**
 * Each of `connections` connections sends its next request as soon as it has a response, for `ms`, so that the server is
 * never idle. It sends `requests` in turn, and counts complete, correct responses as `ok`.
 */
export async function closedLoop({ port, requests, body, connections, ms }) {
  const texts = requests.map((text) => Buffer.from(text));
  const expected = Buffer.from(body);
  const open = await openConnections(port, connections);
  const result = { ok: 0, bad: 0, sent: 0 };
  const startedAt = performance.now();
  await Promise.all(open.map(async (connection) => sendAgain(connection, startedAt + ms, { texts, expected, result })));
  const { ok, bad } = result;
  return { ok, bad, wallMs: performance.now() - startedAt };
}

function sendAgain(connection, until, { texts, expected, result }) {
  return new Promise((finished) => {
    const send = () => {
      const check = new ResponseCheck(expected, (correct) => {
        result[correct ? 'ok' : 'bad'] += 1;
        if (performance.now() < until && connection.isOpen) send();
        else finished();
      });
      connection.send(texts[result.sent % texts.length], check);
      result.sent += 1;
    };
    send();
  });
}
