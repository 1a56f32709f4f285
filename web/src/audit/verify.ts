import { API } from '../api/base';
import { ApiFault } from '../api/fault';
import type { AuditVerdict } from '../api/types';
import { writeSearch } from '../format/search';

export interface VerifyHandlers {
  /** How many rows were read. */
  onProgress: (checked: number) => void;
  onVerdict: (verdict: AuditVerdict) => void;
  onFault: (fault: Error) => void;
}

/** Has the server read the whole chain. `head` is one that was noted earlier. Returns how to end it. */
export function verify(head: string | undefined, handlers: VerifyHandlers): () => void {
  const source = new EventSource(`${API}/manage/audit/verify${writeSearch({ head })}`);
  const on = (name: string, run: (data: never) => void, isLast: boolean): void =>
    source.addEventListener(name, (event: Event) => {
      if (!(event instanceof MessageEvent)) return;
      if (isLast) source.close();
      run(JSON.parse(event.data as string) as never);
    });
  on('progress', ({ checked }: { checked: number }) => handlers.onProgress(checked), false);
  on('verdict', (verdict: AuditVerdict) => handlers.onVerdict(verdict), true);
  on(
    'error',
    ({ code, error }: { code: string; error: string }) => handlers.onFault(new ApiFault(500, code, error)),
    true,
  );
  source.addEventListener('error', (event) => {
    if (event instanceof MessageEvent) return;
    // It would begin anew by itself.
    source.close();
    handlers.onFault(new ApiFault(0, 'unreachable', 'The verification broke off.'));
  });
  return () => source.close();
}
