import { type ReactElement, useState } from 'react';
import { Download, Eye } from 'lucide-react';
import { API } from '../api/base';
import { api } from '../api/client';
import { may } from '../api/may';
import { useMe } from '../api/me';
import type { RequestDetail } from '../api/types';
import { bytes } from '../format/number';
import { Button } from '../ui/button';
import { buttonClass } from '../ui/button.class';
import { Card } from '../ui/card';
import { Fault } from '../ui/state';
import { bodyText } from './body.text';

type Side = 'request' | 'response';
type Body = NonNullable<NonNullable<RequestDetail['bodies']>[Side]>;

type Shown =
  | { kind: 'busy' }
  | { kind: 'text'; text: string; isCut: boolean }
  | { kind: 'bytes' }
  | { kind: 'fault'; fault: unknown };

/** The bytes of a body, which the audit log then says were read. */
async function read(id: string, side: Side, { headers }: Body): Promise<Shown> {
  const params = { path: { id } };
  const answer =
    side === 'request'
      ? await api.GET('/manage/requests/{id}/body/request', { params, parseAs: 'arrayBuffer' })
      : await api.GET('/manage/requests/{id}/body/response', { params, parseAs: 'arrayBuffer' });
  const found = await bodyText(answer.data as unknown as ArrayBuffer, headers['content-encoding']);
  return found === undefined ? { kind: 'bytes' } : { kind: 'text', ...found };
}

function Text({ shown, side }: { shown: Shown; side: Side }): ReactElement {
  if (shown.kind === 'busy') return <p className="text-soft">Reading…</p>;
  if (shown.kind === 'fault') return <Fault fault={shown.fault} />;
  if (shown.kind === 'bytes') return <p className="text-soft">It is no text. Download it.</p>;
  return (
    <>
      <pre
        // What scrolls must be reachable by the keyboard.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        aria-label={`Body of the ${side}`}
        className="rounded-control bg-sunken border border-line p-3 max-h-96 overflow-auto whitespace-pre-wrap break-all text-[0.8125rem]"
      >
        {shown.text}
      </pre>
      {shown.isCut && <p className="text-soft text-xs">This is its beginning. Download the rest.</p>}
    </>
  );
}

function OneBody({ id, side, kept }: { id: string; side: Side; kept: Body }): ReactElement {
  const [shown, setShown] = useState<Shown>();
  const show = (): void => {
    setShown({ kind: 'busy' });
    read(id, side, kept).then(setShown, (fault: unknown) => setShown({ kind: 'fault', fault }));
  };
  const headers = Object.entries(kept.headers);
  return (
    <div className="grid gap-2 min-w-0">
      <div className="flex flex-wrap items-center gap-2">
        <h3 className="font-[580]">{side === 'request' ? 'Request' : 'Response'}</h3>
        <span className="text-soft text-xs">
          {bytes(kept.bytes)}
          {kept.truncated && ', not all of it'}
        </span>
        <span className="flex-1" />
        {shown === undefined && (
          <Button onPress={show}>
            <Eye size={14} aria-hidden />
            Show body
          </Button>
        )}
        <a
          href={`${API}/manage/requests/${encodeURIComponent(id)}/body/${side}`}
          download
          aria-label={`Download the body of the ${side}`}
          className={buttonClass()}
        >
          <Download size={14} aria-hidden />
          Download
        </a>
      </div>
      {headers.length > 0 && (
        <dl className="text-xs grid gap-0.5">
          {headers.map(([name, value]) => (
            <div key={name} className="flex gap-2">
              <dt className="text-soft">
                <code>{name}</code>
              </dt>
              <dd className="min-w-0 break-all">
                <code>{value}</code>
              </dd>
            </div>
          ))}
        </dl>
      )}
      {shown !== undefined && <Text shown={shown} side={side} />}
    </div>
  );
}

/** Captured headers and bodies. Only admins may read bodies, and only on purpose. */
export function Bodies({ request: { id, bodies } }: { request: RequestDetail }): ReactElement | null {
  const isAdmin = may(useMe(), 'admin');
  const sides = (['request', 'response'] as const).filter((side) => bodies?.[side] !== undefined);
  if (!isAdmin) return null;
  return (
    <Card title="Headers and bodies">
      {sides.length === 0 ? (
        <p className="text-soft">
          None are kept of this request. <code>OBSERVABILITY_CAPTURE_BODIES</code> says which are captured.
        </p>
      ) : (
        <div className="grid gap-5">
          <p className="text-soft text-[0.8125rem]">Who reads a body is written into the audit log.</p>
          {sides.map((side) => (
            <OneBody key={side} id={id} side={side} kept={bodies![side]!} />
          ))}
        </div>
      )}
    </Card>
  );
}
