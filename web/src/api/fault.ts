export interface FieldFault {
  readonly field: string;
  readonly message: string;
}

/** What the server says in place of an answer. `status` is 0 when it cannot be reached. */
export class ApiFault extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: readonly FieldFault[] = [],
    readonly requestId?: string,
    /** How long to wait before the next try. */
    readonly retryAfterSeconds?: number,
  ) {
    super(message);
  }
}

/** The messages of a refused body by their field, as React Aria's `Form` takes them. */
export const fieldFaults = (fault: unknown): Record<string, string> =>
  fault instanceof ApiFault ? Object.fromEntries(fault.details.map(({ field, message }) => [field, message])) : {};

interface ErrorBody {
  error?: string;
  code?: string;
  details?: FieldFault[];
  request_id?: string;
}

/** The sentence of a refusal, or one of our own when the body is not the server's. */
export async function faultOf(response: Response): Promise<ApiFault> {
  const body = (await response.json().catch(() => ({}))) as ErrorBody;
  return new ApiFault(
    response.status,
    body.code ?? 'unexpected_answer',
    body.error ?? `The server answered ${response.status}.`,
    body.details,
    body.request_id ?? response.headers.get('x-request-id') ?? undefined,
    Number(response.headers.get('retry-after')) || undefined,
  );
}

export const unreachable = (): ApiFault => new ApiFault(0, 'unreachable', 'The server cannot be reached.');
