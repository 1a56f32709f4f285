import { parseLine } from './event.lines.js';

/** A line as a CloudEvent 1.0 in JSON, with the event itself as `data`. A line that is no event stays as it is. */
export function cloudEventOf(line: string): string {
  const event = parseLine(line);
  if (event === undefined) return line;
  const { project_id: subject } = event;
  const head = JSON.stringify({
    specversion: '1.0',
    id: event.id,
    source: `/llm-proxy/${encodeURIComponent(event.replica)}`,
    type: `llm-proxy.${event.kind}.v1`,
    time: event.at,
    ...(subject === undefined ? {} : { subject }),
    datacontenttype: 'application/json',
  });
  return `${head.slice(0, -1)},"data":${line}}`;
}
