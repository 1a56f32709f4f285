import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { beforeEach, describe, expect, it } from 'vitest';
import { errors } from '../common/errors/errors.js';
import { Exchange } from './exchange.js';
import { ExchangeObservers } from './exchange.observers.js';

describe(Exchange.name, () => {
  let steps: string[];
  beforeEach(() => void (steps = []));

  function open({ isFinished = true, headers = {} }: { isFinished?: boolean; headers?: object } = {}) {
    const note = (step: string) => () => void steps.push(step);
    const request = { url: '/v1/models?x=1', headers, socket: new EventEmitter() } as unknown as IncomingMessage;
    const response = { headersSent: true, statusCode: 200, writableFinished: isFinished } as ServerResponse;
    const lifecycle = { began: note('began'), ended: note('lifecycle') };
    const observers = new ExchangeObservers([{ onClosed: note('first observer') }]);
    observers.add({ onClosed: note('second observer') });
    const exchange = new Exchange(request, response, { lifecycle, observers });
    exchange.work = { end: () => undefined, onClosed: note('upstream'), goAway: note('go away') };
    const permit = { release: note('release'), giveBack: note('give back') };
    return { exchange, permit };
  }

  it('ends once, in order: upstream, permit, lifecycle, observers', () => {
    const { exchange, permit } = open();
    exchange.admit(permit);
    exchange.sentAt = 1;
    exchange.close('client');
    exchange.close('client');
    expect(steps).toEqual(['began', 'upstream', 'release', 'lifecycle', 'first observer', 'second observer']);
    expect([exchange.end, exchange.status]).toEqual([undefined, 200]);
  });

  it('gives its take back when nothing was sent', () => {
    const { exchange, permit } = open({ isFinished: false });
    exchange.admit(permit);
    exchange.close('client');
    expect(steps).toContain('give back');
    expect(exchange.end).toBe('client');
  });

  it('settles a permit that comes after its end', () => {
    const { exchange, permit } = open();
    exchange.close('client');
    exchange.admit(permit);
    expect(steps.at(-1)).toBe('give back');
  });

  it('keeps its first end word and code', () => {
    const { exchange } = open();
    exchange.refused(errors.tokenExhausted());
    exchange.refused(errors.upstreamTimeout());
    exchange.close('client');
    expect([exchange.end, exchange.code]).toEqual(['limit', 'token_exhausted']);
  });

  it.each([
    [{}, 0],
    [{ 'content-length': '12' }, 12],
    [{ 'transfer-encoding': 'chunked' }, undefined],
  ])('knows the length of a body framed by %j', (headers, length) => {
    expect(open({ headers }).exchange.bodyLength).toBe(length);
  });
});
