// As https://github.com/lelylan/simple-oauth2 shows it. It leaves to the app what comes in the way back, and knows neither PKCE nor id_tokens.
import { randomUUID } from 'node:crypto'
import oauth2 from 'simple-oauth2'
import { serve } from './worker.mjs'

const [authorizationMethod] = process.argv.slice(2)
let app, client, itself, state, tokens

// Cancelled is how an app tells itself what the way back says.
class Cancelled extends Error {}

const steps = {
  configure(args) {
    app = args
    const config = {
      client: { id: app.id, secret: app.secret },
      auth: { tokenHost: app.www, tokenPath: '/oauth/v2/accessToken', revokePath: '/oauth/v2/revoke', authorizePath: '/oauth/v2/authorization' },
      options: { authorizationMethod },
    }
    client = new oauth2.AuthorizationCode(config)
    itself = new oauth2.ClientCredentials({ ...config, auth: { tokenHost: app.www, tokenPath: '/oauth/v2/accessToken' } })
  },
  begin() {
    state = randomUUID()
    return { url: client.authorizeURL({ redirect_uri: app.redirect, scope: app.scope, state }) }
  },
  async finish({ back }) {
    const said = new URL(back).searchParams
    if (said.get('state') !== state) throw new Error('the state is not that of this login')
    if (said.has('error')) {
      throw Object.assign(new Cancelled(said.get('error_description')), { data: { payload: Object.fromEntries(['error', 'error_uri'].map((name) => [name, said.get(name)])) } })
    }
    tokens = await client.getToken({ code: said.get('code'), redirect_uri: app.redirect })
    return tokens.token
  },
  own: async () => (await itself.getToken({ scope: 'r_liteprofile' })).token,
  async refresh() {
    tokens = await tokens.refresh()
    return tokens.token
  },
  revoke: ({ token }) => client.createToken({ access_token: token }).revoke('access_token'),
}

serve(steps, (e) => ({ status: e.output?.statusCode, payload: e.data?.payload && { ...e.data.payload, requestId: undefined } }))
