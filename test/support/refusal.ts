import { expect } from 'vitest';

export interface Refused {
  status: number;
  code: string;
  /** The fields that `details` names. */
  fields: string[];
  message: string;
}

const ALLOWED = new Set(['error', 'code', 'details', 'request_id']);

/** A refusal of the management API; fails when it has not exactly the documented shape. */
export async function refused(answer: Response | Promise<Response>): Promise<Refused> {
  const response = await answer;
  const text = await response.text();
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
  const body = JSON.parse(text) as Record<string, unknown>;
  expect(Object.keys(body).filter((key) => !ALLOWED.has(key))).toEqual([]);
  expect(body).toMatchObject({ error: expect.stringMatching(/\S/), code: expect.stringMatching(/^[a-z_]+$/) });
  expect(body['request_id']).toBe(response.headers.get('x-request-id'));
  const details = (body['details'] ?? []) as { field: string; message: string }[];
  for (const detail of details) expect(Object.keys(detail)).toEqual(['field', 'message']);
  if (response.status === 401) expect(response.headers.get('www-authenticate')).toBe('Bearer');
  return {
    status: response.status,
    code: String(body['code']),
    fields: details.map(({ field }) => field),
    message: String(body['error']),
  };
}
