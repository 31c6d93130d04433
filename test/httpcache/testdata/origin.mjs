// The origin of http-cache-tests on a free port of loopback, which it prints; it ends with its standard input.
import http from 'node:http'
import handleConfig from '../node_modules/http-cache-tests/server/handle-config.mjs'
import handleState from '../node_modules/http-cache-tests/server/handle-state.mjs'
import handleTest from '../node_modules/http-cache-tests/server/handle-test.mjs'

console.log = console.error // what the handlers say
const handlers = { config: handleConfig, state: handleState, test: handleTest }
const server = http.createServer((request, response) => {
  const [, first, ...rest] = new URL(request.url, 'http://origin/').pathname.split('/')
  const handle = handlers[first]
  if (handle) return handle(rest, request, response)
  response.writeHead(404).end()
})
server.listen(0, '127.0.0.1', () => process.stdout.write(server.address().port + '\n'))
process.stdin.resume().on('end', () => process.exit())
