import { describe, expect, it } from 'vitest';
import { FAMILIES } from '../../src/http/header.rules.js';
import { ProxyFixture } from '../support/proxy.fixture.js';

const CANARY = 'canary-of-a-network';

/** A name of every kind in the table; of a prefix, one that begins with it. */
const NAMES = FAMILIES.flatMap(({ names }) => names.map((name) => name.replace('*', 'anything')));

const REPORTED = [
  'CF-Ray',
  'CF-Visitor',
  'cf-warp-tag-id',
  'CF-Worker',
  'CF-EW-Via',
  'CF-Access-Client-Id',
  'CF-Access-Client-Secret',
  'Cf-Access-Jwt-Assertion',
  'cf-aig-authorization',
  'Fly-Client-IP',
  'X-Vercel-Forwarded-For',
  'X-Vercel-Protection-Bypass',
  'X-Azure-ClientIP',
  'X-AppEngine-User-IP',
  'DO-Connecting-IP',
  'X-Goog-IAP-JWT-Assertion',
  'X-Goog-Authenticated-User-Email',
  'X-Serverless-Authorization',
  'X-Amzn-Oidc-Data',
  'X-Amzn-Oidc-Accesstoken',
  'X-Amzn-Trace-Id',
  'X-Amzn-Mtls-Clientcert',
  'CloudFront-Viewer-Address',
  'X-Auth-Request-Access-Token',
  'X-Auth-Request-Email',
  'X-Forwarded-Access-Token',
  'X-MS-TOKEN-AAD-ACCESS-TOKEN',
  'X-MS-CLIENT-PRINCIPAL',
  'Ocp-Apim-Subscription-Key',
  'X-Forwarded-Client-Cert',
  'Client-Cert',
  'Tailscale-User-Login',
  'Remote-User',
  'X-authentik-jwt',
  'X-Pomerium-Jwt-Assertion',
  'Teleport-Jwt-Assertion',
  'X-Envoy-Peer-Metadata',
  'X-NF-Client-Connection-IP',
  'X-Original-URI',
  'X_Forwarded_For',
  'OIDC_CLAIM_email',
  'X-Consumer-Username',
  'apikey',
];

const PASSING: [string, string][] = [
  ['OpenAI-Organization', 'org-1'],
  ['OpenAI-Project', 'proj-1'],
  ['OpenAI-Beta', 'assistants=v2'],
  ['X-Stainless-OS', 'Linux'],
  ['Idempotency-Key', 'i-1'],
  ['X-Request-Id', 'r-1'],
  ['X-Client-Request-Id', 'c-1'],
  ['traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
  ['tracestate', 'a=b'],
  ['baggage', 'a=b'],
  ['CDN-Loop', 'cloudflare'],
  ['Via', '1.1 front'],
  ['cf-aig-skip-cache', 'true'],
  ['X-Amzn-Bedrock-GuardrailVersion', '1'],
  ['X-Authentic', 'mine'],
  ['CFX', 'mine'],
  ['my_own_header', 'mine'],
];

describe('headers that networks in front add', () => {
  const fixture = ProxyFixture.forTests({ DROP_REQUEST_HEADERS: 'X-Employee-Id, x-corp-*' });

  const passed = async (headers: [string, string][]) => {
    await fixture.call({ headers: [...fixture.headers(), ...headers] });
    return (await fixture.upstream.nextRequest()).headers;
  };
  const isCanary = ([, value]: readonly [string, string]): boolean => value === CANARY;
  const named = (names: string[]): [string, string][] => names.map((name) => [name, CANARY]);

  it.each([
    ['every family', NAMES],
    ['the reported ones', REPORTED],
  ])('of %s do not reach the upstream', async (_what, names) => {
    for (let i = 0; i < names.length; i += 50)
      expect((await passed(named(names.slice(i, i + 50)))).filter(isCanary)).toEqual([]);
  });

  it('are not confused with those of OpenAI, of tracing and of clients', async () => {
    const seen = new Map(await passed(PASSING));
    expect(PASSING.filter(([name, value]) => seen.get(name) !== value)).toEqual([]);
  });

  it('can be added to by configuration', async () => {
    const seen = await passed(named(['x-employee-id', 'X-Corp-User', 'X-Corporation']));
    expect(seen.filter(isCanary)).toEqual([['X-Corporation', CANARY]]);
  });
});
