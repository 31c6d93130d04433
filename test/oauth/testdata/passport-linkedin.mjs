// As https://github.com/auth0/passport-linkedin-oauth2 shows it, in an app on express. Its addresses are those of LinkedIn unless options and properties say others.
import { once } from 'node:events'
import express from 'express'
import session from 'express-session'
import passport from 'passport'
import linkedin from 'passport-linkedin-oauth2'
import { serve } from './worker.mjs'

const [how] = process.argv.slice(2)
const site = express()
site.use(session({ secret: 'keyboard cat', resave: false, saveUninitialized: true }))
const listener = site.listen(0, '127.0.0.1')
await once(listener, 'listening')
const home = `http://127.0.0.1:${listener.address().port}`

let strategy, tokens, expected

function configure(app) {
  strategy = new linkedin.Strategy({
    clientID: app.id,
    clientSecret: app.secret,
    callbackURL: app.redirect,
    scope: app.scope.split(' '),
    state: true,
    authorizationURL: app.www + '/oauth/v2/authorization',
    tokenURL: app.www + '/oauth/v2/accessToken',
  }, (access_token, refresh_token, profile, done) => {
    tokens = { access_token, refresh_token }
    done(null, profile)
  })
  strategy.profileUrl = strategy.profileUrl.replace('https://api.linkedin.com', app.api)
  strategy.emailUrl = strategy.emailUrl.replace('https://api.linkedin.com', app.api)
  // Version 2.0.0 sends the token in the URL of its calls, where it ends in logs; the package below it can send it as RFC 6750 §2.1 says.
  if (how === 'header') strategy._oauth2.useAuthorizationHeaderforGET(true)
  passport.use(strategy)
}

site.get('/login', passport.authenticate('linkedin', { session: false }))
site.get('/back', (request, response, next) => {
  passport.authenticate('linkedin', { session: false }, (e, profile, info) => {
    const settled = e ? { failed: e } : profile ? { profile } : { failed: new Refused(info?.message) }
    response.end()
    expected?.(settled)
  })(request, response, next)
})

// Refused is how the strategy says that a member did not allow access: without an error.
class Refused extends Error {}

const steps = {
  configure,
  begin: () => ({ url: home + '/login' }),
  // The member's browser comes back to the app by itself; what the app learned is waited for here.
  expect() {
    steps.came = new Promise((resolve) => { expected = resolve })
  },
  async finish() {
    const { failed, profile } = await steps.came
    if (failed) throw failed
    return { ...tokens, sub: profile.id, name: profile.displayName, email: profile.emails?.[0].value }
  },
  // It has no function for this. The package below it has, as passport-oauth2-refresh uses it.
  refresh: () => new Promise((resolve, reject) => {
    strategy._oauth2.getOAuthAccessToken(tokens.refresh_token, { grant_type: 'refresh_token' }, (e, access_token) => (e ? reject(new NotRefreshed(e)) : resolve({ access_token })))
  }),
}

class NotRefreshed extends Error {
  constructor({ statusCode, data }) {
    super('')
    this.status = statusCode
    this.payload = { ...JSON.parse(data), requestId: undefined }
  }
}

serve(steps, (e) => ({ code: e.code, status: e.status, uri: e.uri, payload: e.payload, oauthError: e.oauthError && { status: e.oauthError.statusCode, ...readable(e.oauthError.data) } }), { redirect: home + '/back' })

function readable(data) {
  const { status, message, code, fix } = JSON.parse(data)
  return { status, message, code, fix }
}
