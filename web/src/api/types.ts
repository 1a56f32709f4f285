import type { components } from './schema';

type Schemas = components['schemas'];

export type Project = Schemas['ProjectView'];
/** With its figures, where they are asked for. */
export type ListedProject = Schemas['ListedProjectView'];
export type Token = Schemas['TokenView'];
export type CreatedToken = Schemas['CreatedToken'];
export type TokenStatus = Token['status'];
export type Overview = Schemas['OverviewView'];
/** What a request would get. */
export type Verdict = Schemas['VerdictView'];
export type Usage = Schemas['UsageView'];
export type RequestRow = Schemas['RequestView'];
export type RequestDetail = Schemas['RequestDetailView'];
export type AuditEvent = Schemas['AuditEventView'];
export type AuditList = Schemas['AuditListView'];
export type AuditHead = Schemas['AuditHeadView'];
export type AuditVerdict = Schemas['AuditVerdictView'];
export type Health = Schemas['HealthView'];
export type WhoAmI = Schemas['WhoAmI'];
export type Role = WhoAmI['role'];
export type StreamList = Schemas['StreamListView'];
export type Stream = Schemas['StreamView'];
export type System = Schemas['SystemView'];
export type Session = Schemas['ListedSession'];
export type DeadEvent = Schemas['DeadEventView'];
export type Found = Schemas['FoundView'];
export type Operator = Schemas['OperatorView'];
