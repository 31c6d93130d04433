// Calls http://AUTHORITY by way of ADDRESS with fetch, undici and Node's own http, and prints what it is answered: client.js AUTHORITY ADDRESS [posts]
const http = require('node:http')
const net = require('node:net')
const { Agent, fetch } = require('undici')

const [authority, address, posts] = process.argv.slice(2)
const [host, port] = address.split(':')
const hop = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding', 'x-request-id'])

const dispatcher = new Agent({
  connect(options, done) {
    const socket = net.connect(Number(port), host)
    socket.once('connect', () => done(null, socket)).once('error', done)
  },
})

function say(...facts) { console.log(JSON.stringify(facts)) }

async function call(path, options) {
  const answer = await fetch(`http://${authority}${path}`, { dispatcher, ...options })
  const fields = [...answer.headers].filter(([name]) => !hop.has(name)).sort()
  say(answer.url, answer.status, answer.statusText, fields, answer.redirected, Buffer.from(await answer.arrayBuffer()).toString('latin1'))
}

// own calls with Node's http, which shows trailers too.
const own = (method, path, headers, pieces) => new Promise((resolve, reject) => {
  const [name, number] = authority.split(':')
  const call = http.request({ host: name, port: number, method, path, headers, createConnection: () => net.connect(Number(port), host) }, answer => {
    let body = ''
    answer.setEncoding('latin1').on('data', data => { body += data }).on('end', () => {
      const fields = Object.entries(answer.headers).filter(([name]) => !hop.has(name)).sort()
      say(method, path, answer.statusCode, answer.statusMessage, fields, body, answer.trailers)
      resolve()
    })
  })
  call.on('error', reject)
  for (const piece of pieces) call.write(piece)
  call.end()
})

async function work() {
  for (const path of ['/json', '/cookies', '/redirect', '/redirect/self', '/gzip', '/missing', '/error', '/denied', '/empty', '/odd/a//b?x=[1]|{2}']) await call(path)
  await call('/range', { headers: { Range: 'bytes=3-5' } })
  await call('/cors', { method: 'OPTIONS', headers: { 'X-Origin': 'x' } })
  if (posts) {
    await call('/refused', { method: 'POST', body: '{"a":"b"}', headers: { 'Content-Type': 'application/json' } })
    await call('/echo', { method: 'POST', body: new URLSearchParams({ a: 'b c' }) })
    await call('/echo', { method: 'POST', duplex: 'half', body: new ReadableStream({ start(c) { c.enqueue(Buffer.from('one, two')); c.close() } }) })
    await own('POST', '/trailers', { TE: 'trailers', 'X-Case': '1' }, ['one, ', 'two'])
  }
  await own('GET', '/json', { 'x-lower': '1', 'X-UPPER': '2' }, [])
  process.exit()
}
work()
