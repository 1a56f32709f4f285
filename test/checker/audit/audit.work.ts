import { randomUUID } from 'node:crypto';
import type { Random } from '../random.js';
import { all, type Call, type Standing } from './audit.calls.js';
import type { Sending } from './audit.clients.js';
import type { Tables } from './audit.tables.js';

/** Sends a call; the call with its answer, and the body of the answer. */
export type Send = (facts: Omit<Call, 'answer'>, sending: Sending) => Promise<[Call, object]>;

interface Project {
  readonly id: string;
  readonly name: string;
  /** The ids of its active tokens. */
  tokens: string[];
}

const MAX_PROJECTS = 3;
const isRevoked = (id: string) => (tables: Tables) => !tables.tokens.get(id)?.['is_active'];
const standing = (isThere: boolean): Standing => (isThere ? 'stands' : 'absent');

/**
 * What one client does. A project of which a call has an unknown outcome is not touched any more, so that the tables keep
 * what the call made of it.
 */
export class AuditWork {
  private readonly projects: Project[] = [];
  /** The newest call that wrote the note of a subject, by its id. */
  private readonly noted = new Map<string, Call>();

  constructor(
    private readonly random: Random,
    private readonly viewer: string,
    private readonly send: Send,
  ) {}

  async next(): Promise<void> {
    if (this.projects.length === 0) return this.createProject();
    const project = this.random.pick(this.projects);
    const chance = this.random.next();
    if (chance < 0.1) return this.refused(project);
    if (chance < 0.2) return this.projects.length < MAX_PROJECTS ? this.createProject() : this.remove(project);
    if (chance < 0.3) return this.note(project, project.id);
    if (project.tokens.length === 0 || chance < 0.5) return this.createToken(project);
    const token = this.random.pick(project.tokens);
    if (chance < 0.65) return this.note(project, token);
    if (chance < 0.76) return this.revoke(project, token);
    if (chance < 0.86) return this.replace(project, token);
    return chance < 0.95 ? this.revokeSome(project) : this.revokeAll(project);
  }

  private async createProject(): Promise<void> {
    const id = randomUUID();
    const [call, body] = await this.send(
      {
        id,
        action: 'project.create',
        isRefusal: false,
        standing: ({ projects }) => standing([...projects.values()].some(({ name }) => name === id)),
      },
      { method: 'POST', path: '/manage/projects', body: { name: id, api_key: `sk-audit-${id}`, owner: 'checker' } },
    );
    if (call.answer === 'done') this.projects.push({ id: idOf(body), name: id, tokens: [] });
  }

  private async createToken(project: Project): Promise<void> {
    const id = randomUUID();
    // A successor has the name of the token that it replaces.
    const isCreated = ({ tokens }: Tables): boolean =>
      [...tokens.values()].some(({ name, replaces }) => name === id && replaces === null);
    const body = { project_id: project.id, name: id, max_requests: this.random.int(1, 1000), labels: { team: 'a' } };
    const answer = await this.change(
      project,
      { id, action: 'token.create', standing: (tables) => standing(isCreated(tables)) },
      { method: 'POST', path: '/manage/tokens', body },
    );
    if (answer) project.tokens.push(idOf(answer));
  }

  /** The mark of the call is the note of its subject, until the next call. */
  private async note(project: Project, subject: string): Promise<void> {
    const isProject = subject === project.id;
    const kind = isProject ? 'projects' : 'tokens';
    const id = randomUUID();
    const call: Facts = {
      id,
      action: isProject ? 'project.update' : 'token.update',
      standing: (tables) => standing(tables[kind].get(subject)?.['note'] === id),
    };
    const before = this.noted.get(subject);
    await this.change(
      project,
      call,
      {
        method: 'PATCH',
        path: `/manage/${kind}/${subject}`,
        body: { note: id, rate_limit_per_minute: this.random.int(1, 100) },
      },
      (sent) => {
        if (before) orElse(before, sent);
        this.noted.set(subject, sent);
      },
    );
  }

  private async revoke(project: Project, token: string): Promise<void> {
    const call = { action: 'token.revoke', standing: (tables: Tables) => all([isRevoked(token)(tables)]) };
    await this.change(project, call, { method: 'DELETE', path: `/manage/tokens/${token}` });
    project.tokens = project.tokens.filter((other) => other !== token);
  }

  private async revokeSome(project: Project): Promise<void> {
    const ids = project.tokens.splice(0, this.random.int(1, 3));
    const call = { action: 'token.revoke', standing: (tables: Tables) => all(ids.map((id) => isRevoked(id)(tables))) };
    await this.change(project, call, { method: 'POST', path: '/manage/tokens/revoke', body: { ids } });
  }

  private async revokeAll(project: Project): Promise<void> {
    const ids = project.tokens.splice(0);
    const path = `/manage/projects/${project.id}/tokens/revoke`;
    const call = {
      action: 'project.revoke_tokens',
      standing: (tables: Tables) => all(ids.map((id) => isRevoked(id)(tables))),
    };
    await this.change(project, call, { method: 'POST', path });
  }

  private async replace(project: Project, token: string): Promise<void> {
    const parts = ({ tokens }: Tables): boolean[] => [
      tokens.get(token)?.['replaced_by'] !== null,
      [...tokens.values()].some(({ replaces }) => replaces === token),
    ];
    const answer = await this.change(
      project,
      { action: 'token.replace', standing: (tables) => all(parts(tables)) },
      {
        method: 'POST',
        path: `/manage/tokens/${token}/replace`,
        body: { overlap_minutes: this.random.pick([0, 60]) },
      },
    );
    project.tokens = project.tokens.filter((other) => other !== token);
    if (answer) project.tokens.push(idOf(answer));
  }

  private async remove(project: Project): Promise<void> {
    const ids = [...project.tokens];
    const parts = (tables: Tables): boolean[] => [
      tables.projects.get(project.id)?.['deleted_at'] !== null,
      ...ids.map((id) => isRevoked(id)(tables)),
    ];
    const call = { action: 'project.delete', standing: (tables: Tables) => all(parts(tables)) };
    await this.change(project, call, { method: 'DELETE', path: `/manage/projects/${project.id}` });
    this.putAside(project);
  }

  /** What is always refused: 400, 403, 404, 409. */
  private async refused({ id, name }: Project): Promise<void> {
    const post = { method: 'POST', path: '/manage/tokens' } as const;
    const note = { method: 'PATCH', body: { note: 'x' } } as const;
    const [action, sending] = this.random.pick<[string, Sending]>([
      ['token.create', { ...post, body: { project_id: id, max_requests: -1 } }],
      ['auth.denied', { ...post, body: { project_id: id }, credential: this.viewer }],
      ['token.update', { ...note, path: `/manage/tokens/${randomUUID()}` }],
      ['project.create', { method: 'POST', path: '/manage/projects', body: { name, api_key: `sk-audit-${name}` } }],
    ]);
    await this.send({ id: randomUUID(), action, isRefusal: true }, sending);
  }

  /** The body of the answer when the change is made. Otherwise nobody touches the project any more. */
  private async change(
    project: Project,
    facts: Facts,
    sending: Sending,
    note: (call: Call) => void = () => undefined,
  ): Promise<object | undefined> {
    const [call, body] = await this.send({ id: randomUUID(), ...facts, isRefusal: false }, sending);
    note(call);
    if (call.answer === 'done') return body;
    this.putAside(project);
    return undefined;
  }

  private putAside(project: Project): void {
    const at = this.projects.indexOf(project);
    if (at !== -1) this.projects.splice(at, 1);
  }
}

type Facts = Partial<Pick<Call, 'id'>> & Pick<Call, 'action' | 'standing'>;

/** The change of a call stood when that of the later one does, which wrote over it. */
function orElse(call: Call, later: Call): void {
  const { standing: own } = call;
  call.standing = (tables) => (later.standing?.(tables) === 'stands' ? 'stands' : own!(tables));
}

const idOf = (body: object): string => (body as { id: string }).id;
