import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { isoTime } from '../common/values/fast.format.js';
import { Notices } from '../events/journal/notices.js';
import type { Exchange } from '../http/exchange.js';
import type { ExchangeObserver } from '../http/exchange.observers.js';
import { ProjectEntity } from './project.entity.js';

/** A project is looked up at most once in this time. */
const EVERY_MS = 60_000;
/** Above it, projects are forgotten: each is then looked up once more. */
const MAX_PROJECTS = 10_000;

/** Warns once a day that an upstream refuses the key of a project, which its apps see as their own error. */
@Injectable()
export class RefusedKeyWatch implements ExchangeObserver {
  /** When each project was last looked up, by its id. */
  private readonly lookedUp = new Map<string, number>();

  constructor(
    @InjectRepository(ProjectEntity) private readonly projects: Repository<ProjectEntity>,
    private readonly notices: Notices,
  ) {}

  /** A refusal of ours has a code. */
  onClosed({ status, code, respondedAt, projectId }: Exchange): void {
    if (status !== 401 && status !== 403) return;
    if (code === undefined && respondedAt !== undefined && projectId !== undefined) this.refused(projectId, status);
  }

  private refused(projectId: string, status: number): void {
    const now = performance.now();
    if (now - (this.lookedUp.get(projectId) ?? -Infinity) < EVERY_MS) return;
    if (this.lookedUp.size >= MAX_PROJECTS) this.lookedUp.clear();
    this.lookedUp.set(projectId, now);
    void this.warn(projectId, status);
  }

  private async warn(projectId: string, status: number): Promise<void> {
    const project = await this.projects.findOneBy({ id: projectId }).catch(() => null);
    await this.notices.send({
      type: 'upstream.key_refused',
      subject: projectId,
      occasion: isoTime(Date.now()).slice(0, 10),
      projectId,
      message: `The upstream refuses requests with the key of project ${project?.name ?? projectId} (${status}).`,
      fields: { project_name: project?.name, status },
    });
  }
}
