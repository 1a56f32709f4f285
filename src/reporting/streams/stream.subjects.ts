import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { errors } from '../../common/errors/errors.js';
import { type Actor, sees } from '../../common/values/actor.js';
import { ProjectEntity } from '../../project/project.entity.js';
import { TokenEntity } from '../../token/token.entity.js';
import type { EndStreams } from './stream.dto.js';

/** The token or the project whose requests end. */
export interface StreamSubject {
  readonly projectId: string;
  readonly tokenId?: string;
}

/** Finds the token or the project that a call names. Those that are revoked or deleted may have running requests too. */
@Injectable()
export class StreamSubjects {
  constructor(
    @InjectRepository(ProjectEntity) private readonly projects: Repository<ProjectEntity>,
    @InjectRepository(TokenEntity) private readonly tokens: Repository<TokenEntity>,
  ) {}

  /** Throws `validation_failed` unless one of both is named, and what is not found or not visible to the actor. */
  async named(actor: Actor, { token_id: token, project_id: project }: EndStreams): Promise<StreamSubject> {
    if (token !== undefined && project !== undefined)
      throw errors.fieldInvalid('project_id', 'must be absent when token_id is given');
    if (token !== undefined) return this.token(actor, token.toLowerCase());
    if (project !== undefined) return this.project(actor, project.toLowerCase());
    throw errors.fieldInvalid('token_id', 'is required, or project_id');
  }

  private async token(actor: Actor, tokenId: string): Promise<StreamSubject> {
    const found = await this.tokens.findOne({ select: { id: true, projectId: true }, where: { id: tokenId } });
    if (!found || !sees(actor, found.projectId)) throw errors.noSuchToken();
    return { tokenId, projectId: found.projectId };
  }

  private async project(actor: Actor, projectId: string): Promise<StreamSubject> {
    const isThere = sees(actor, projectId) && (await this.projects.existsBy({ id: projectId }));
    if (!isThere) throw errors.projectNotFound();
    return { projectId };
  }
}
