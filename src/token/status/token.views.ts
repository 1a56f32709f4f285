import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, Repository } from 'typeorm';
import { Clock } from '../../common/values/clock.js';
import { ProjectService } from '../../project/project.service.js';
import { TokenEntity } from '../token.entity.js';
import { type TokenView, tokenView } from '../token.view.js';
import { tokenStatus } from './token.status.js';

/** Shows tokens, with what their projects and accounts say of them. */
@Injectable()
export class TokenViews {
  constructor(
    @InjectRepository(TokenEntity) private readonly tokens: Repository<TokenEntity>,
    private readonly projects: ProjectService,
    private readonly clock: Clock,
  ) {}

  /** A token that has just been made: nothing is read, so that nothing can keep its secret from the caller. */
  created(token: TokenEntity): TokenView {
    return tokenView(token, { status: tokenStatus(token, token, true, this.clock.now()) });
  }

  async one(token: TokenEntity): Promise<TokenView> {
    return (await this.all([token]))[0]!;
  }

  /** In the order of the tokens, as they are at an instant in milliseconds. */
  async all(tokens: readonly TokenEntity[], nowMs = this.clock.now()): Promise<TokenView[]> {
    const projects = await this.projects.states(new Set(tokens.map(({ projectId }) => projectId)));
    const accounts = await this.accountsOf(tokens);
    return tokens.map((token) => {
      const account = token.accountId === null ? token : accounts.get(token.accountId);
      const project = projects.get(token.projectId);
      const status = tokenStatus(token, account, project?.isOpen ?? false, nowMs);
      return tokenView(token, { status, ...(project && { projectName: project.name }), ...(account && { account }) });
    });
  }

  private async accountsOf(tokens: readonly TokenEntity[]): Promise<ReadonlyMap<string, TokenEntity>> {
    const ids = tokens.flatMap(({ accountId }) => accountId ?? []);
    const accounts = ids.length === 0 ? [] : await this.tokens.findBy({ id: In(ids) });
    return new Map(accounts.map((account) => [account.id, account]));
  }
}
