import { describe, expect, it } from 'vitest';
import { parseMediaType } from './media.type.js';

describe(parseMediaType.name, () => {
  it.each([
    ['application/json', 'application/json', {}],
    [' \tAPPLICATION/JSON\t ', 'application/json', {}],
    ['application/json;', 'application/json', {}],
    ['application/json ; ;charset=UTF-8;', 'application/json', { charset: 'UTF-8' }],
    ['application/json; CharSet="utf-16"', 'application/json', { charset: 'utf-16' }],
    ['application/jsonx', 'application/jsonx', {}],
    ['multipart/form-data; boundary="a b:c"', 'multipart/form-data', { boundary: 'a b:c' }],
    ["multipart/form-data; boundary=a'b", 'multipart/form-data', { boundary: "a'b" }],
  ] as [string, string, object][])('BD-01 reads %j', (text, essence, parameters) => {
    const type = parseMediaType(text);
    expect([type?.essence, Object.fromEntries(type?.parameters ?? [])]).toEqual([essence, parameters]);
  });

  it.each([
    '',
    'json',
    'application/',
    'application/json, multipart/form-data; boundary=x',
    'application/json text/plain',
    'application/json; charset=a; CHARSET=b',
    'application/json; charset="a\\"b"',
    'application/json; charset="a',
    'application/json; charset = utf-8',
    'application/json; =x',
    'application /json',
    `application/json; a=${'x'.repeat(600)}`,
  ])('BD-01 BD-11 does not understand %j', (text) => expect(parseMediaType(text)).toBeUndefined());
});
