import { Check } from './line.mjs';
import { lines } from './lines.mjs';

/**
 * Each of `connections` asks again as soon as it was answered, for `ms`: the server is never idle. Asks `requests` in
 * turn. Counts only complete, correct answers.
 */
export async function closedLoop({ port, requests, body, connections, ms }) {
  const texts = requests.map((text) => Buffer.from(text));
  const expected = Buffer.from(body);
  const open = await lines(port, connections);
  const result = { ok: 0, bad: 0, asked: 0 };
  const startedAt = performance.now();
  await Promise.all(open.map(async (line) => askAgain(line, startedAt + ms, { texts, expected, result })));
  const { ok, bad } = result;
  return { ok, bad, wallMs: performance.now() - startedAt };
}

function askAgain(line, until, { texts, expected, result }) {
  return new Promise((finished) => {
    const ask = () => {
      const check = new Check(expected, (correct) => {
        result[correct ? 'ok' : 'bad'] += 1;
        if (performance.now() < until && line.isOpen) ask();
        else finished();
      });
      line.ask(texts[result.asked % texts.length], check);
      result.asked += 1;
    };
    ask();
  });
}
