import { type FormEvent, type ReactElement, useEffect, useRef, useState } from 'react';
import { ShieldAlert, ShieldCheck, ShieldQuestion } from 'lucide-react';
import { ApiFault } from '../api/fault';
import { queries } from '../api/queries';
import type { AuditHead, AuditVerdict } from '../api/types';
import { count } from '../format/number';
import { Ago } from '../format/time';
import { textOf } from '../parts/use.submit';
import { Button } from '../ui/button';
import { CopyButton } from '../ui/copy.button';
import { Field } from '../ui/form/field';
import { Fault } from '../ui/state';
import { HEAD_KEY, useAuditHead } from './audit.query';
import { verify } from './verify';

const WHY: Record<NonNullable<AuditVerdict['broken_at']>['why'], string> = {
  changed: 'a row is not what was written',
  missing: 'rows are missing',
  inserted: 'a row was put in',
  reordered: 'rows are in another order',
  truncated: 'the end is missing',
};
const NOTED: Record<NonNullable<AuditVerdict['noted_head']>, readonly [string, boolean]> = {
  found: ['The noted head is in the log: no row before it was changed.', true],
  missing: ['The noted head is not in the log: what it stood for was changed or taken out.', false],
  pruned: ['The noted head belongs to rows that were pruned: nothing can be said of it.', true],
};
const SHORT = 12;

type Run =
  | { kind: 'idle' }
  | { kind: 'busy'; checked: number }
  | { kind: 'done'; verdict: AuditVerdict }
  | { kind: 'fault'; fault: Error };

/** Runs one verification at a time, and ends it with the page. */
function useVerification(): { run: Run; start: (head?: string) => void; stop: () => void } {
  const [run, setRun] = useState<Run>({ kind: 'idle' });
  const end = useRef<() => void>(undefined);
  useEffect(() => () => end.current?.(), []);
  const start = (head?: string): void => {
    end.current?.();
    setRun({ kind: 'busy', checked: 0 });
    end.current = verify(head, {
      onProgress: (checked) => setRun({ kind: 'busy', checked }),
      onVerdict: (verdict) => {
        setRun({ kind: 'done', verdict });
        void queries.invalidateQueries({ queryKey: HEAD_KEY });
      },
      onFault: (fault) => {
        setRun({ kind: 'fault', fault });
        // Who is no longer signed in is asked to.
        void queries.invalidateQueries({ queryKey: HEAD_KEY });
      },
    });
  };
  const stop = (): void => {
    end.current?.();
    setRun({ kind: 'idle' });
  };
  return { run, start, stop };
}

const brokenText = ({ seq, why, detail }: NonNullable<AuditVerdict['broken_at']>): string =>
  `Broken at #${count(seq)}: ${WHY[why]}${detail === undefined ? '' : ` (${detail})`}.`;

/** What is known of the chain, in a sentence. */
function State({
  verdict,
  head,
}: {
  verdict: AuditVerdict | undefined;
  head: AuditHead | undefined;
}): ReactElement | null {
  if (verdict?.state === 'broken')
    return (
      <p role="alert" className="flex items-start gap-2 text-rust font-[560]">
        <ShieldAlert size={18} aria-hidden className="shrink-0 mt-px" />
        <span>
          {verdict.broken_at === undefined ? 'Broken.' : brokenText(verdict.broken_at)}{' '}
          <span className="font-normal">
            Checked <Ago at={verdict.at} />.
          </span>
        </span>
      </p>
    );
  if (verdict?.state === 'intact')
    return (
      <p className="flex items-start gap-2">
        <ShieldCheck size={18} aria-hidden className="text-leaf shrink-0 mt-px" />
        <span>
          <span className="font-[560] text-leaf">Intact up to #{count(verdict.last_seq ?? verdict.checked)}</span>
          {verdict.pruned !== undefined && `, from #${count(verdict.pruned.to_seq + 1)} on`}
          <span className="text-soft">
            , checked <Ago at={verdict.at} />
          </span>
        </span>
      </p>
    );
  if (head === undefined) return null;
  return (
    <p className="flex items-start gap-2">
      <ShieldQuestion size={18} aria-hidden className="text-soft shrink-0 mt-px" />
      <span>
        {count(head.seq)} rows. <span className="text-soft">Not checked since this server started.</span>
      </span>
    </p>
  );
}

const Head = ({ head: { seq, hash } }: { head: AuditHead }): ReactElement => (
  <p className="flex items-center gap-1 text-soft">
    Head{' '}
    <code title={hash}>
      #{seq} {hash.slice(0, SHORT)}…
    </code>
    <CopyButton text={`${seq}:${hash}`} label="Copy the head, to be kept elsewhere" />
  </p>
);

/** A head that was noted earlier proves what stood before it. */
function Noted({ start, isBusy }: { start: (head?: string) => void; isBusy: boolean }): ReactElement {
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const head = textOf(new FormData(event.currentTarget), 'head');
    if (head !== '') start(head);
  };
  return (
    <details className="text-[0.8125rem]">
      <summary className="text-soft hover:text-ink min-h-6">Prove a head that was noted earlier</summary>
      <form onSubmit={submit} className="flex flex-wrap items-end gap-2 mt-2">
        <div className="grow max-w-2xl">
          <Field
            label="Noted head"
            name="head"
            mono
            pattern="(\d{1,15}:)?[0-9a-f]{64}"
            isRequired
            placeholder="1842:9f3c…"
          />
        </div>
        <Button type="submit" isDisabled={isBusy} className="min-h-9">
          Prove it
        </Button>
      </form>
    </details>
  );
}

/** Whether the log is what was written, and how to prove it. */
export function ChainCard(): ReactElement {
  const head = useAuditHead();
  const { run, start, stop } = useVerification();
  const isBusy = run.kind === 'busy';
  const verdict = run.kind === 'done' ? run.verdict : head.data?.last_verification;
  const noted = verdict?.noted_head;
  const isNone = head.error instanceof ApiFault && head.error.status === 404;
  return (
    <section
      aria-label="State of the audit chain"
      className="rounded-card border border-line bg-surface p-4 mb-4 grid grid-cols-1 gap-2"
    >
      <div className="flex flex-wrap items-center gap-x-6 gap-y-2">
        <State verdict={verdict} head={head.data} />
        {head.data !== undefined && <Head head={head.data} />}
        {isNone && <p className="text-soft">The log is empty.</p>}
        <span className="flex-1" />
        {isBusy ? <Button onPress={stop}>Stop</Button> : <Button onPress={() => start()}>Verify now</Button>}
      </div>
      {head.isError && !isNone && <Fault fault={head.error} retry={() => void head.refetch()} />}
      {isBusy && (
        <p role="status" className="text-soft">
          Reading the chain: {count(run.checked)} of {count(head.data?.seq ?? run.checked)} rows.
        </p>
      )}
      {run.kind === 'fault' && <Fault fault={run.fault} retry={() => start()} />}
      {noted !== undefined && <p className={NOTED[noted][1] ? 'text-leaf' : 'text-rust'}>{NOTED[noted][0]}</p>}
      <Noted start={start} isBusy={isBusy} />
    </section>
  );
}
