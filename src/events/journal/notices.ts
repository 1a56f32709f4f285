import { createHash } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { isoTime } from '../../common/values/fast.format.js';
import type { Notice, NoticeType } from '../event/proxy.event.js';
import type { Outcome } from './awaited.notices.js';

/** Notices whose ids are remembered, so that a refusal that repeats costs a look into a map. */
const MAX_REMEMBERED = 10_000;
/** As long as the column of the ids that were sent. */
const MAX_ID = 200;

/** What a notice is about. */
export interface NoticeDraft {
  readonly type: NoticeType;
  /** The token, project or sink, and the occasion: notices with the same type, subject and occasion are sent once. */
  readonly subject: string;
  readonly occasion: string | number;
  readonly projectId?: string;
  readonly tokenId?: string;
  /** One sentence. */
  readonly message: string;
  /** More fields of the log line. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/**
 * Sends notices to operators: each once over all replicas and restarts, with one log line on the replica that sends it. While
 * events are switched off there are only the log lines, each once in a process.
 */
export class Notices {
  private readonly logger = new Logger('Notices');
  private readonly sent = new Map<string, Promise<boolean>>();

  constructor(
    private readonly replicaId: string,
    private readonly deliver: ((notice: Notice) => Promise<Outcome>) | undefined,
  ) {}

  get isOn(): boolean {
    return this.deliver !== undefined;
  }

  /** True when the notice is durable, whatever replica has sent it. False when it was lost: it can be sent again. Never rejects. */
  async send(draft: NoticeDraft): Promise<boolean> {
    const id = idOf(draft);
    const before = this.sent.get(id);
    if (before) return before;
    if (this.sent.size >= MAX_REMEMBERED) this.sent.clear();
    const sending = this.sendNow(id, draft);
    this.sent.set(id, sending);
    return sending;
  }

  private async sendNow(id: string, draft: NoticeDraft): Promise<boolean> {
    const outcome = (await this.deliver?.(this.noticeOf(id, draft))) ?? 'first';
    if (outcome === 'first') this.log(draft);
    if (outcome === 'lost') this.sent.delete(id);
    return outcome !== 'lost';
  }

  private log({ type, projectId, tokenId, message, fields }: NoticeDraft): void {
    this.logger.warn({ msg: message, warning: type, ...idsOf(projectId, tokenId), ...fields });
  }

  private noticeOf(id: string, { type, projectId, tokenId, message }: NoticeDraft): Notice {
    const at = isoTime(Date.now());
    const ids = idsOf(projectId, tokenId);
    return { v: 1, id, kind: 'notice', type, at, replica: this.replicaId, ...ids, message };
  }
}

const idsOf = (projectId: string | undefined, tokenId: string | undefined) => ({
  ...(projectId === undefined ? {} : { project_id: projectId }),
  ...(tokenId === undefined ? {} : { token_id: tokenId }),
});

/** `<type>:<subject>:<occasion>`. The end of a longer one, such as of a long host name, is its hash. */
function idOf({ type, subject, occasion }: NoticeDraft): string {
  const id = `${type}:${subject}:${occasion}`;
  if (id.length <= MAX_ID) return id;
  const hash = createHash('sha256').update(id).digest('hex');
  return `${id.slice(0, MAX_ID - hash.length - 1)}:${hash}`;
}
