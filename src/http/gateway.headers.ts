import type { HeaderFamily } from './header.family.js';

/** What gateways and authenticating proxies in front say of the user, and the credentials of the client for them. */
export const GATEWAY_HEADERS: readonly HeaderFamily[] = [
  {
    name: 'oauth2-proxy and other authenticating proxies',
    source: 'https://oauth2-proxy.github.io/oauth2-proxy/configuration/overview',
    names: [
      'x-auth-*',
      'x-authenticated-*',
      'x-authorization',
      'x-access-token',
      'x-id-token',
      'x-userinfo',
      'x-jwt-assertion',
      'x-webauth-*',
      'x-vouch-*',
      'x-pangolin-*',
      'gap-auth',
      'gap-signature',
      'oidc-*',
      'oam-*',
      'sm-*',
    ],
  },
  {
    name: 'Authelia',
    source: 'https://www.authelia.com/integration/trusted-header-sso/introduction/',
    names: ['remote-user', 'remote-groups', 'remote-name', 'remote-email'],
  },
  {
    name: 'authentik',
    source: 'https://docs.goauthentik.io/add-secure-apps/providers/proxy/',
    names: ['x-authentik-*'],
  },
  {
    name: 'Pomerium',
    source: 'https://www.pomerium.com/docs/capabilities/getting-users-identity',
    names: ['x-pomerium-*'],
  },
  {
    name: 'Teleport',
    source: 'https://goteleport.com/docs/enroll-resources/application-access/jwt/introduction/',
    names: ['teleport-*', 'x-teleport-*'],
  },
  { name: 'Tailscale', source: 'https://tailscale.com/kb/1312/serve', names: ['tailscale-*'] },
  {
    name: 'Tunnels: ngrok, dev tunnels, localtunnel',
    source: 'https://learn.microsoft.com/en-us/azure/developer/dev-tunnels/security',
    names: ['ngrok-*', 'x-tunnel-*', 'x-github-token', 'bypass-tunnel-reminder'],
  },
  {
    name: 'Envoy, Istio, Linkerd',
    source: 'https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers',
    names: ['x-envoy-*', 'x-istio-*', 'l5d-*'],
  },
  {
    name: 'Kubernetes',
    source: 'https://kubernetes.io/docs/reference/access-authn-authz/authentication/#authenticating-proxy',
    names: ['x-remote-user', 'x-remote-uid', 'x-remote-group', 'x-remote-extra-*'],
  },
  {
    name: 'API gateways: Kong, Tyk, APISIX, Dapr, Consul',
    source: 'https://developer.konghq.com/plugins/key-auth/',
    names: [
      'x-consumer-*',
      'x-credential-*',
      'x-anonymous-consumer',
      'x-kong-*',
      'x-tyk-*',
      'x-apisix-*',
      'x-rapidapi-*',
      'dapr-*',
      'x-consul-*',
      'x-vault-*',
    ],
  },
];
