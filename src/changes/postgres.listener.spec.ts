import { expect, it, vi } from 'vitest';
import { PostgresListener } from './postgres.listener.js';

it('tries again while a file of its URL is missing, and stops when it is closed', async () => {
  vi.useFakeTimers();
  const listener = new PostgresListener('postgres://h/db?sslrootcert=/no/such/ca.pem', 'channel', {
    onNotice: () => undefined,
    onUp: () => undefined,
  });
  await listener.open();
  expect(vi.getTimerCount()).toBe(1);
  await vi.advanceTimersToNextTimerAsync();
  expect(vi.getTimerCount()).toBe(1);
  await listener.close();
  await vi.advanceTimersToNextTimerAsync();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});
