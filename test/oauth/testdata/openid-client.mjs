// As https://github.com/panva/openid-client shows it: discovery, code with PKCE, nonce and state, signatures of id_tokens verified as well.
import * as client from 'openid-client'
import { serve } from './worker.mjs'

const [how] = process.argv.slice(2)
let config, app, checks, tokens

const ways = {
  oidc: (a) => client.discovery(new URL(a.issuer), a.id, a.secret),
  oauth2: (a) => client.discovery(new URL(a.issuer), a.id, undefined, client.ClientSecretBasic(a.secret), { algorithm: 'oauth2' }),
  public: (a) => client.discovery(new URL(a.issuer), a.id, { token_endpoint_auth_method: 'none' }, client.None()),
}

const steps = {
  async configure(args) {
    app = args
    config = await ways[how](app)
    if (app.openid) client.enableNonRepudiationChecks(config)
  },
  async begin() {
    checks = { pkceCodeVerifier: client.randomPKCECodeVerifier(), expectedState: client.randomState() }
    const parameters = {
      redirect_uri: app.redirect,
      scope: app.scope,
      state: checks.expectedState,
      code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
      code_challenge_method: 'S256',
    }
    if (app.openid) {
      parameters.nonce = checks.expectedNonce = client.randomNonce()
      checks.idTokenExpected = true
      parameters.max_age = checks.maxAge = 600 // by auth_time
    }
    return { url: client.buildAuthorizationUrl(config, parameters).href }
  },
  async finish({ back }) {
    tokens = await client.authorizationCodeGrant(config, new URL(back), checks)
    if (!app.openid) return tokens
    const { sub } = tokens.claims()
    return { ...tokens, sub, email: (await client.fetchUserInfo(config, tokens.access_token, sub)).email }
  },
  own: () => client.clientCredentialsGrant(config, { scope: 'r_liteprofile' }),
  async refresh() {
    const next = await client.refreshTokenGrant(config, tokens.refresh_token)
    tokens = { ...tokens, ...next } // of a public app the refresh token is another
    return next
  },
  introspect: ({ token }) => client.tokenIntrospection(config, token),
  revoke: ({ token }) => client.tokenRevocation(config, token),
}

serve(steps, (e) => ({ code: e.code, status: e.status, error: e.error, description: e.error_description, cause: cause(e) }))

function cause({ cause }) {
  if (cause instanceof URLSearchParams) return { error_uri: cause.get('error_uri') }
  if (cause instanceof Error) return { type: cause.constructor.name, message: cause.message, code: cause.code }
  if (Array.isArray(cause)) return cause[0] // a challenge
  return cause && { cause: cause.cause, error_uri: cause.error_uri } // the body has nothing else that is not said above
}
