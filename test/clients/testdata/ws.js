// Both sides of a WebSocket as Node's ws makes them. `ws.js serve` prints its port once it listens, and ends with its input; `ws.js ask URL` opens WebSockets
// there, one for each thing that it tries, and prints a line for each.
const { WebSocket, WebSocketServer } = require('ws')

function serve () {
  const http = require('http').createServer((request, response) => response.end('plain'))
  const ws = new WebSocketServer({
    noServer: true, perMessageDeflate: { threshold: 0 }, maxPayload: 8 << 20,
    handleProtocols: names => names.has('chat') ? 'chat' : false
  })
  http.on('upgrade', (request, socket, head) => {
    const path = request.url.split('?')[0]
    if (path === '/ws/refused') return socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno')
    ws.handleUpgrade(request, socket, head, c => {
      if (path === '/ws/greeting') c.send('welcome')
      if (path === '/ws/ending') return c.close(4001, 'enough')
      if (path === '/ws/dying') return socket.resetAndDestroy()
      c.on('message', (data, binary) => c.send(data, { binary }))
    })
  })
  http.listen(0, '127.0.0.1', () => console.log(http.address().port))
  process.stdin.resume().on('end', () => process.exit()) // whoever started it is gone
}

// tell opens a WebSocket, lets act say what there is to tell, and tells how it ended.
const tell = (url, options, act) => new Promise(resolve => {
  const c = new WebSocket(url, ['chat', 'other'], { rejectUnauthorized: false, perMessageDeflate: { threshold: 0 }, ...options })
  const told = []
  c.on('unexpected-response', (_, response) => {
    response.resume()
    response.on('end', () => resolve(`refused ${response.statusCode} ${response.headers['candor-problem'] || 'by the API'}`))
  })
  c.on('error', e => told.push(`error ${e.code || e.message}`))
  c.on('close', (code, reason) => resolve([...told, `closed ${code} ${reason}`.trim()].join(', ')))
  c.on('open', () => act(c, what => told.push(what)))
})

const echo = data => (c, told) => {
  c.on('message', (back, binary) => {
    const same = Buffer.compare(Buffer.from(data), back) === 0 && binary === (typeof data !== 'string')
    told(`${same ? 'the same' : 'another'} ${back.length} bytes back`)
    c.close(1000, 'bye')
  })
  c.send(data)
}

async function ask (base) {
  const tries = {
    text: ['/ws/echo', echo('grüß dich')],
    'a megabyte': ['/ws/echo', echo(require('crypto').randomBytes(1 << 20))],
    agreed: ['/ws/echo', (c, told) => { told(`${c.protocol}, ${c.extensions}`); c.close(1000) }],
    ping: ['/ws/echo', (c, told) => { c.on('pong', data => { told(`pong ${data}`); c.close(1000) }); c.ping('here') }],
    'many messages': ['/ws/echo', (c, told) => {
      let n = 0
      c.on('message', () => { if (++n === 1000) { told(`${n} back`); c.close(1000) } })
      for (let i = 0; i < 1000; i++) c.send(`message ${i}`)
    }],
    'the server speaks first': ['/ws/greeting', (c, told) => c.on('message', data => { told(`${data}`); c.close(1000) })],
    'the server ends': ['/ws/ending', () => {}],
    'the server dies': ['/ws/dying', () => {}],
    'the client dies': ['/ws/echo', c => c.terminate()],
    'the server refuses': ['/ws/refused', () => {}],
    'another path': ['/plain', () => {}],
    'a page of another origin': ['/ws/echo', () => {}, { origin: 'https://evil.example' }],
    'a page of an origin that is listed': ['/ws/echo', (c, told) => { told('open'); c.close(1000) }, { origin: 'https://app.example' }]
  }
  for (const [name, [path, act, options]] of Object.entries(tries)) console.log(`${name}: ${await tell(base + path, options, act)}`)
}

process.argv[2] === 'serve' ? serve() : ask(process.argv[3])
