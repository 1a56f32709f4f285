import { isoTime } from '../../common/values/fast.format.js';
import type { Notice, NoticeType } from '../event/proxy.event.js';

/** Notices whose ids are remembered, so that a refusal that repeats costs a look into a set. */
const MAX_REMEMBERED = 10_000;

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
}

/** Sends notices to operators, each once over all replicas. Does nothing while events are switched off. */
export class Notices {
  private readonly sent = new Set<string>();

  constructor(
    private readonly replicaId: string,
    private readonly deliver: ((notice: Notice) => void) | undefined,
  ) {}

  get isOn(): boolean {
    return this.deliver !== undefined;
  }

  send({ type, subject, occasion, projectId, tokenId, message }: NoticeDraft): void {
    const id = `${type}:${subject}:${occasion}`;
    if (!this.deliver || this.sent.has(id)) return;
    if (this.sent.size >= MAX_REMEMBERED) this.sent.clear();
    this.sent.add(id);
    this.deliver({
      v: 1,
      id,
      kind: 'notice',
      type,
      at: isoTime(Date.now()),
      replica: this.replicaId,
      ...(projectId === undefined ? {} : { project_id: projectId }),
      ...(tokenId === undefined ? {} : { token_id: tokenId }),
      message,
    });
  }
}
