// As https://github.com/panva/oauth4webapi shows it, with every check that it has: it takes nothing that a standard does not allow.
import * as oauth from 'oauth4webapi'
import { serve } from './worker.mjs'

const [how] = process.argv.slice(2)
let server, app, client, authentication, checks, tokens

const authentications = { basic: oauth.ClientSecretBasic, body: oauth.ClientSecretPost, public: oauth.None }

const steps = {
  async configure(args) {
    app = args
    client = { client_id: app.id }
    authentication = authentications[how](app.secret)
    const issuer = new URL(app.issuer)
    server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer))
  },
  async begin() {
    checks = { verifier: oauth.generateRandomCodeVerifier(), state: oauth.generateRandomState(), nonce: app.openid ? oauth.generateRandomNonce() : undefined }
    const url = new URL(server.authorization_endpoint)
    const parameters = {
      client_id: app.id,
      redirect_uri: app.redirect,
      response_type: 'code',
      scope: app.scope,
      state: checks.state,
      code_challenge: await oauth.calculatePKCECodeChallenge(checks.verifier),
      code_challenge_method: 'S256',
    }
    if (app.openid) Object.assign(parameters, { nonce: checks.nonce, max_age: (checks.maxAge = 600) })
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
    return { url: url.href }
  },
  async finish({ back }) {
    const answer = oauth.validateAuthResponse(server, client, new URL(back), checks.state) // its iss as well, which the metadata promises
    const response = await oauth.authorizationCodeGrantRequest(server, client, authentication, answer, app.redirect, checks.verifier)
    tokens = await oauth.processAuthorizationCodeResponse(server, client, response, { expectedNonce: checks.nonce, maxAge: checks.maxAge, requireIdToken: app.openid })
    if (!app.openid) return tokens
    await oauth.validateApplicationLevelSignature(server, response)
    const { sub } = oauth.getValidatedIdTokenClaims(tokens)
    const info = await oauth.userInfoRequest(server, client, tokens.access_token)
    return { ...tokens, sub, email: (await oauth.processUserInfoResponse(server, client, sub, info)).email }
  },
  async own() {
    const asked = await oauth.clientCredentialsGrantRequest(server, client, authentication, { scope: 'r_liteprofile' })
    return oauth.processClientCredentialsResponse(server, client, asked)
  },
  async refresh() {
    const asked = await oauth.refreshTokenGrantRequest(server, client, authentication, tokens.refresh_token)
    const next = await oauth.processRefreshTokenResponse(server, client, asked)
    tokens = { ...tokens, ...next } // of a public app the refresh token is another
    return next
  },
  async introspect({ token }) {
    return oauth.processIntrospectionResponse(server, client, await oauth.introspectionRequest(server, client, authentication, token))
  },
  async revoke({ token }) {
    await oauth.processRevocationResponse(await oauth.revocationRequest(server, client, authentication, token))
  },
}

serve(steps, (e) => ({ code: e.code, status: e.status, error: e.error, description: e.error_description, cause: cause(e) }))

function cause({ code, cause }) {
  if (code === oauth.INVALID_RESPONSE) return undefined // the whole answer, with its tokens
  if (cause instanceof URLSearchParams) return { error_uri: cause.get('error_uri') }
  if (Array.isArray(cause)) return cause[0] // a challenge
  return cause && { cause: cause.cause, error_uri: cause.error_uri } // the body has nothing else that is not said above
}
