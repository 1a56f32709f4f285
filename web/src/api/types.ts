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
export type Health = Schemas['HealthView'];
export type WhoAmI = Schemas['WhoAmI'];
export type Role = WhoAmI['role'];
