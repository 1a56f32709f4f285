import { describe, expect, it } from 'vitest';
import { endpointRefusal } from './endpoint.rules.js';

describe(endpointRefusal.name, () => {
  it.each([
    '/v1/organization',
    '/v1/organization/',
    '/v1/organization/users',
    '/v1//organization/users',
    '/v1/Organization/users',
    '/v1/%6frganization/users',
    '/v1/%256frganization/users',
    '/v1/%25256Frganization/users',
    '/v1/models/%252e%252e/organization/users',
    '/v1/models/%252e%252e%252forganization/users',
    `/v1/%${'25'.repeat(50)}6frganization`,
  ])('TG-11 refuses %s, however it is spelled', (path) => {
    expect(endpointRefusal(path)?.code).toBe('endpoint_not_allowed');
    expect(endpointRefusal(path, true)).toBeUndefined();
  });

  it.each(['/v1/organizations', '/v1/models/organization', '/v1/files/caf%C3%A9', '/v1/files/100%25', '/v1/%252f'])(
    'lets %s pass',
    (path) => expect(endpointRefusal(path)).toBeUndefined(),
  );

  it.each(['/v1', '/v1/', '/v2/models', '/V1/models'])('finds nothing at %s', (path) =>
    expect([endpointRefusal(path)?.status, endpointRefusal(path, true)?.status]).toEqual([404, 404]),
  );
});
