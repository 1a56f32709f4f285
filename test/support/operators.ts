import type { TestApp } from './app.js';

export interface OperatorAnswer {
  id: string;
  name: string;
  token: string;
  role: string;
  projects: string[] | null;
  is_active: boolean;
  last_used_at?: string;
  [field: string]: unknown;
}

let names = 0;

/** A new operator with its credential, in `token`. */
export async function operator(app: TestApp, fields: Record<string, unknown> = {}): Promise<OperatorAnswer> {
  names += 1;
  const answer = await app.manage('POST', '/manage/operators', {
    name: `operator ${names}`,
    role: 'viewer',
    ...fields,
  });
  if (answer.status !== 201) throw new Error(await answer.text());
  return (await answer.json()) as OperatorAnswer;
}

/** Who the server takes the holder of a credential for; or the status of the refusal. */
export async function whoIs(app: TestApp, token: string): Promise<unknown> {
  const answer = await app.manage('GET', '/manage/whoami', undefined, token);
  return answer.status === 200 ? answer.json() : answer.status;
}
