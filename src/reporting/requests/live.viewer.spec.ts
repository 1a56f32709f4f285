import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { Exchange } from '../../http/exchange.js';
import { LiveViewer } from './live.viewer.js';

const FULL = 1025 * 1024;

/** A response that shows what is written, and has as many unread bytes as a test says. */
class FakeResponse extends EventEmitter {
  writableLength = 0;
  text = '';
  isDestroyed = false;
  isEnded = false;

  writeHead(): void {}
  write(text: string): void {
    this.text += text;
  }
  end(): void {
    this.isEnded = true;
  }
  destroy(): void {
    this.isDestroyed = true;
  }
}

function viewerOn(response: FakeResponse, seen: string[] = []): { viewer: LiveViewer; exchange: Exchange } {
  const exchange = { response, bytesOut: 0 } as unknown as Exchange;
  const viewer = new LiveViewer(exchange, {}, {}, 0, seen);
  viewer.tick(0);
  response.text = '';
  return { viewer, exchange };
}

describe(LiveViewer.name, () => {
  it('counts its bytes', () => {
    const { viewer, exchange } = viewerOn(new FakeResponse());
    const before = exchange.bytesOut;
    viewer.send('größe');
    expect(exchange.bytesOut - before).toBe(7);
  });

  it('skips what a slow client does not read, and tells how much once it reads', () => {
    const response = new FakeResponse();
    const { viewer } = viewerOn(response);
    response.writableLength = FULL;
    viewer.send('a');
    viewer.send('b');
    viewer.tick(1);
    expect(response.text).toBe('');
    response.writableLength = 0;
    viewer.send('c');
    expect(response.text).toBe('event: skipped\ndata: {"count":2}\n\nc');
  });

  it('tells what others skipped at the next look', () => {
    const response = new FakeResponse();
    const { viewer } = viewerOn(response);
    viewer.skip(0);
    viewer.skip(12);
    viewer.tick(performance.now());
    viewer.tick(performance.now());
    expect(response.text).toBe('event: skipped\ndata: {"count":12}\n\n');
  });

  it('writes a comment after 15 silent seconds', () => {
    const response = new FakeResponse();
    const { viewer } = viewerOn(response);
    viewer.send('a');
    const now = performance.now();
    viewer.tick(now + 14_000);
    expect(response.text).toBe('a');
    viewer.tick(now + 15_001);
    viewer.tick(now + 16_000);
    expect(response.text).toBe('a:\n\n');
  });

  it('ends a client that reads nothing for a minute', () => {
    const response = new FakeResponse();
    const { viewer } = viewerOn(response);
    response.writableLength = FULL;
    viewer.tick(1000);
    viewer.tick(60_999);
    expect(response.isDestroyed).toBe(false);
    response.writableLength = 0;
    viewer.tick(61_000);
    response.writableLength = FULL;
    viewer.tick(62_000);
    viewer.tick(121_999);
    expect(response.isDestroyed).toBe(false);
    viewer.tick(122_000);
    expect(response.isDestroyed).toBe(true);
  });

  it('knows each event from before once', () => {
    const { viewer } = viewerOn(new FakeResponse(), ['1', '2']);
    expect(['1', '1', '3'].map((cursor) => viewer.isNew(cursor))).toEqual([false, true, true]);
  });

  it('says bye and ends, also for a client that does not read', () => {
    const response = new FakeResponse();
    const { viewer } = viewerOn(response);
    viewer.bye('drain');
    expect([response.text, response.isEnded]).toEqual(['event: bye\ndata: {"reason":"drain"}\n\n', true]);
    response.emit('close');
    expect(response.isDestroyed).toBe(false);
  });
});
