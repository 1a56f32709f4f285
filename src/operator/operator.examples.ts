import { type BodyExamples, EXAMPLE_IDS } from '../common/rest/api.docs.js';
import type { CreateOperator, UpdateOperator } from './operator.dto.js';
import type { CreatedOperator, OperatorView, WhoAmI } from './operator.view.js';

/** An operator in the responses of the OpenAPI document. */
export const OPERATOR: OperatorView = {
  id: EXAMPLE_IDS.operator,
  name: 'ana',
  token: 'sk-op-AbCd…wXyZ',
  role: 'manager',
  projects: [EXAMPLE_IDS.project],
  is_active: true,
  expires_at: null,
  created_at: '2026-01-31T12:00:00.000Z',
  created_by: null,
  last_used_at: '2026-01-31T18:45:12.345Z',
};

const { last_used_at: _, ...unused } = OPERATOR;

export const NEW_OPERATOR: CreatedOperator = { ...unused, token: 'sk-op-…(44 characters)' };

export const REVOKED_OPERATOR: OperatorView = {
  ...OPERATOR,
  is_active: false,
  deactivated_at: '2026-01-31T19:00:00.000Z',
};

export const ME: WhoAmI = {
  kind: 'operator',
  id: EXAMPLE_IDS.operator,
  name: 'ana',
  role: 'manager',
  projects: [EXAMPLE_IDS.project],
};

export const CREATE_OPERATOR: BodyExamples<CreateOperator> = {
  manager: {
    summary: 'A manager of one project',
    value: { name: 'ana', role: 'manager', projects: [EXAMPLE_IDS.project] },
  },
  viewer: { summary: 'A viewer of everything', value: { name: 'dashboard', role: 'viewer' } },
  admin: {
    summary: 'An admin, for a year',
    value: { name: 'grace', role: 'admin', expires_at: '2099-01-31T12:00:00Z' },
  },
};

export const UPDATE_OPERATOR: BodyExamples<UpdateOperator> = {
  deactivate: { summary: 'Revoke the operator', value: { is_active: false } },
  activate: { summary: 'Bring the operator back', value: { is_active: true } },
  rename: { summary: 'Rename the operator', value: { name: 'ana (on call)' } },
};
