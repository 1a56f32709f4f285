import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, Repository } from 'typeorm';
import { ProjectEntity } from '../../project/project.entity.js';
import { TokenEntity } from '../../token/token.entity.js';

/** Ids of one query. Databases bound the number of parameters. */
const MAX_IDS = 500;

/** Names of projects and tokens, deleted and revoked ones too. Unknown ids are absent. */
@Injectable()
export class Names {
  constructor(
    @InjectRepository(ProjectEntity) private readonly projectTable: Repository<ProjectEntity>,
    @InjectRepository(TokenEntity) private readonly tokenTable: Repository<TokenEntity>,
  ) {}

  async projects(ids: Iterable<string>): Promise<ReadonlyMap<string, string>> {
    const found = await inParts(ids, async (part) =>
      this.projectTable.find({ select: { id: true, name: true }, where: { id: In(part) } }),
    );
    return new Map(found.map(({ id, name }) => [id, name]));
  }

  /** A token without a name is named by its display form. */
  async tokens(ids: Iterable<string>): Promise<ReadonlyMap<string, string>> {
    const found = await inParts(ids, async (part) =>
      this.tokenTable.find({ select: { id: true, name: true, secretDisplay: true }, where: { id: In(part) } }),
    );
    return new Map(found.map(({ id, name, secretDisplay }) => [id, name ?? secretDisplay]));
  }
}

async function inParts<T>(ids: Iterable<string>, find: (part: string[]) => Promise<T[]>): Promise<T[]> {
  const distinct = [...new Set(ids)].filter((id) => id !== '');
  const found: T[] = [];
  for (let i = 0; i < distinct.length; i += MAX_IDS) found.push(...(await find(distinct.slice(i, i + MAX_IDS))));
  return found;
}
