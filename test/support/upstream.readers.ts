import { request as nodeRequest } from 'node:http';
import type { Pool } from 'undici';
import type { UpstreamPool } from '../../src/upstream/upstream.pool.js';
import { ObserverSpy } from './raw.upstream.js';

/** A complete response as a client read it, Latin-1; undefined when the client refused it. */
export type Reading =
  | { status: number; headers: string[]; body: string; trailers: string[]; informational: number[] }
  | undefined;

export type Reader = (method: 'GET' | 'HEAD', target: string) => Promise<Reading>;

export const readByOurs =
  (pool: UpstreamPool): Reader =>
  async (method, target) => {
    const observer = new ObserverSpy();
    pool.dispatch({ method, target, host: 'a', headers: [], length: 0 }, null, observer);
    await observer.ended;
    if (observer.error || !observer.head) return undefined;
    const { status, headers } = observer.head;
    return {
      status,
      headers,
      body: observer.body,
      trailers: observer.trailers!,
      informational: observer.informational.map((one) => one.status),
    };
  };

/** White space around values is not part of them (RFC 9110 §5.5), and one of the clients keeps it. */
const flat = (raw: readonly (Buffer | string)[] | null | undefined): string[] =>
  (raw ?? []).map((part, i) => {
    const text = Buffer.isBuffer(part) ? part.toString('latin1') : part;
    return i % 2 === 1 ? text.replaceAll(/^[ \t]+|[ \t]+$/g, '') : text;
  });

export const readByUndici =
  (pool: Pool): Reader =>
  (method, path) =>
    new Promise((resolve) => {
      const pieces: Buffer[] = [];
      const informational: number[] = [];
      let [status, headers] = [0, [] as string[]];
      pool.dispatch(
        { method, path, headers: { host: 'a' } },
        {
          onRequestStart: () => undefined,
          onRequestUpgrade: () => resolve(undefined),
          onResponseStart: (controller, code) => {
            if (code < 200) informational.push(code);
            else [status, headers] = [code, flat(controller.rawHeaders as Buffer[])];
          },
          onResponseData: (_controller, piece) => void pieces.push(piece),
          onResponseEnd: (controller) =>
            resolve({
              status,
              headers,
              body: Buffer.concat(pieces).toString('latin1'),
              trailers: flat((controller as { rawTrailers?: Buffer[] }).rawTrailers),
              informational,
            }),
          onResponseError: () => resolve(undefined),
        },
      );
    });

export const readByNode =
  (port: number): Reader =>
  (method, path) =>
    new Promise((resolve) => {
      let reading: Reading;
      const informational: number[] = [];
      nodeRequest({ host: '127.0.0.1', port, method, path, agent: false, headers: { host: 'a' } })
        .on('information', ({ statusCode }) => informational.push(statusCode))
        .on('upgrade', (_response, socket) => socket.destroy())
        .on('response', (response) => {
          const pieces: Buffer[] = [];
          response
            .on('data', (piece: Buffer) => pieces.push(piece))
            .on('error', () => undefined)
            .on('end', () => {
              if (!response.complete) return;
              reading = {
                status: response.statusCode!,
                headers: flat(response.rawHeaders),
                body: Buffer.concat(pieces).toString('latin1'),
                trailers: flat(response.rawTrailers),
                informational,
              };
            });
        })
        .on('error', () => undefined)
        .on('close', () => setImmediate(() => resolve(reading)))
        .end();
    });
