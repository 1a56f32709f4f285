import { Command, SubCommand } from 'nest-commander';
import { CommandGroup } from '../terminal/cli.command.js';
import { AUDIT_COMMANDS, AuditGroup } from './audit/audit.group.js';
import { OperatorCreate, OperatorUpdate } from './operators/operator.commands.js';
import { OperatorGet, OperatorList, OperatorRevoke, WhoAmI } from './operators/operator.read.commands.js';
import { ProjectCheck } from './project.check.command.js';
import { ProjectCreate, ProjectUpdate } from './project.commands.js';
import { ProjectGet, ProjectList } from './project.read.commands.js';
import { ProjectActivate, ProjectDeactivate, ProjectDelete } from './project.state.commands.js';
import { RequestList, RequestTail } from './request.commands.js';
import { TokenGenerate, TokenUpdate } from './token.commands.js';
import { TokenGet, TokenRevokeAll } from './token.state.commands.js';
import { TokenFind } from './tokens/token.find.command.js';
import { TokenList } from './tokens/token.list.command.js';
import { TokenReplace } from './tokens/token.replace.command.js';
import { TokenRevoke } from './tokens/token.revoke.command.js';
import { Usage } from './usage.command.js';

const PROJECT_COMMANDS = [
  ProjectList,
  ProjectGet,
  ProjectCreate,
  ProjectUpdate,
  ProjectCheck,
  ProjectDelete,
  ProjectActivate,
  ProjectDeactivate,
];
const TOKEN_COMMANDS = [
  TokenGenerate,
  TokenList,
  TokenGet,
  TokenFind,
  TokenUpdate,
  TokenReplace,
  TokenRevoke,
  TokenRevokeAll,
];

@SubCommand({
  name: 'project',
  description: 'manage projects; a project has a name and an upstream key',
  subCommands: PROJECT_COMMANDS,
})
export class ProjectGroup extends CommandGroup {
  override readonly examples = ['manage project create --name my-project', 'manage project list'];
}

@SubCommand({ name: 'token', description: 'manage withering tokens', subCommands: TOKEN_COMMANDS })
export class TokenGroup extends CommandGroup {
  override readonly examples = ['manage token create --project my-project --duration 30d', 'manage token list'];
}

const REQUEST_COMMANDS = [RequestList, RequestTail];

@SubCommand({ name: 'requests', description: 'show requests that a server keeps', subCommands: REQUEST_COMMANDS })
export class RequestsGroup extends CommandGroup {
  override readonly examples = ['manage requests list', 'manage requests tail --project my-project'];
  protected override readonly docs = 'docs/observability/usage-and-cost.md';
}

const OPERATOR_COMMANDS = [OperatorCreate, OperatorList, OperatorGet, OperatorUpdate, OperatorRevoke];

@SubCommand({
  name: 'operator',
  description: 'manage operators: people and programs that call the management API with a credential of their own',
  subCommands: OPERATOR_COMMANDS,
})
export class OperatorGroup extends CommandGroup {
  override readonly examples = [
    'manage operator create --name ana --role manager --project my-project',
    'manage operator list',
  ];
  protected override readonly docs = 'docs/security/access.md';
}

@Command({
  name: 'manage',
  description: 'manage the projects, tokens and operators of a running server, show its usage and requests',
  subCommands: [ProjectGroup, TokenGroup, OperatorGroup, RequestsGroup, AuditGroup, Usage, WhoAmI],
})
export class ManageGroup extends CommandGroup {
  override readonly examples = ['manage project list', 'manage token create --project my-project'];
}

export const MANAGE_COMMANDS = [
  ManageGroup,
  ProjectGroup,
  TokenGroup,
  OperatorGroup,
  RequestsGroup,
  AuditGroup,
  Usage,
  WhoAmI,
  ...OPERATOR_COMMANDS,
  ...PROJECT_COMMANDS,
  ...TOKEN_COMMANDS,
  ...REQUEST_COMMANDS,
  ...AUDIT_COMMANDS,
];
