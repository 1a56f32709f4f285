import { describe, expect, it } from 'vitest';
import { formatFor } from './exposition.choice.js';

describe(formatFor.name, () => {
  it.each([
    [undefined, 'prometheus'],
    ['', 'prometheus'],
    ['*/*', 'prometheus'],
    ['text/html,application/xhtml+xml,*/*;q=0.8', 'prometheus'],
    ['application/json', 'json'],
    ['application/json, text/plain, */*', 'json'],
    ['text/plain, application/json', 'prometheus'],
    ['application/json;q=0.1, text/plain', 'prometheus'],
    ['application/json;q=0', 'prometheus'],
    ['application/json;q=x', 'prometheus'],
    ['APPLICATION/JSON; charset=utf-8', 'json'],
    ['application/openmetrics-text', 'openmetrics'],
    ['application/openmetrics-text; version="1.0.0"; charset=utf-8', 'openmetrics'],
    ['application/openmetrics-text;version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1', 'prometheus'],
    [
      'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1',
      'openmetrics',
    ],
    ['application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited', 'prometheus'],
    [',;=;,'.repeat(100_000), 'prometheus'],
  ])('of %s is %s', (accept, format) => {
    expect(formatFor(accept)).toBe(format);
  });
});
