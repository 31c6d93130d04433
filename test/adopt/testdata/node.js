// An API as people write them with express and ws: its own errors, its own defaults. It ends when its standard input does.
const express = require('express')
const zlib = require('node:zlib')
const { WebSocketServer } = require('ws')

const app = express()
app.get('/json', (req, res) => res.json({ id: 7, name: 'Ada' })) // with an ETag of express
app.get('/error', () => { throw Object.assign(new Error('the database is gone'), { status: 503 }) })
app.post('/refused', express.json(), (req, res) => res.status(422).json({ error: { field: 'name', reason: 'missing' } }))
app.get('/denied', (req, res) => res.status(401).set('WWW-Authenticate', 'Digest realm="a", nonce="b", Basic realm="c"').send('who are you?'))
app.get('/cookies', (req, res) => {
  res.cookie('a', '1', { httpOnly: true, sameSite: 'lax', path: '/' }).cookie('b', 'x y', { expires: new Date(0) }).append('Set-Cookie', 'c="quoted"; Domain=example.com; Priority=High')
  res.send(String(req.headers.cookie))
})
app.options('/cors', (req, res) => res.set('Access-Control-Allow-Origin', req.headers.origin).set('Access-Control-Allow-Methods', 'PUT, PURGE').set('Vary', 'Origin').status(204).end())
app.get('/cors', (req, res) => res.set('Access-Control-Allow-Origin', '*').set('Access-Control-Expose-Headers', 'X-Total').set('X-Total', '3').send('[]'))
app.get('/gzip', (req, res) => res.set('Content-Encoding', 'gzip').set('Vary', 'Accept-Encoding').type('text').send(zlib.gzipSync('to be or not to be')))
app.get('/redirect', (req, res) => res.redirect('/json?from=here#top'))
app.get('/redirect/away', (req, res) => res.redirect(308, 'https://example.com/a b'))
app.get('/redirect/self', (req, res) => res.redirect(301, `${req.protocol}://${req.headers.host}/json`))
app.get('/range', (req, res) => res.sendFile(__dirname + '/site/page.txt', { lastModified: false }))
app.get('/large', (req, res) => res.send('to be or not to be, '.repeat(20000)))
app.get('/nothing', (req, res) => res.status(204).end())
app.get('/empty', (req, res) => res.end())
app.post('/echo', express.raw({ type: () => true }), (req, res) => res.type('bin').send(req.body))
app.get('/hints', (req, res) => { res.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' }); res.send('hinted') })
app.post('/trailers', (req, res) => {
  let size = 0
  req.on('data', piece => { size += piece.length })
  req.on('end', () => {
    res.writeHead(200, { Trailer: 'X-Sum', 'Content-Type': 'text/plain' })
    res.write(`${size} bytes, `)
    res.addTrailers({ 'X-Sum': req.trailers['x-sum'] ?? 'none' })
    res.end('and the end')
  })
})
app.get('/slowly', (req, res) => { // chunks, without a length
  res.write('one, ')
  setImmediate(() => { res.write('two, '); res.end('three') })
})
app.get('/reason', (req, res) => { res.writeHead(200, 'Quite Fine', ['X-Odd-CASE', '1', 'x-odd-case', '2', 'X_Under', '3', 'Content-Length', '2']); res.end('ok') })
const waiting = []
app.get('/events', (req, res) => {
  res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' })
  res.write('event: first\ndata: 1\n\n')
  waiting.push(() => res.end('data: 2\n\n: the end\n\n'))
})
app.post('/events', (req, res) => { waiting.shift()(); res.status(202).end() })
app.all('/odd/{*rest}', (req, res) => res.type('text').send(`${req.method} ${req.url}`))

app.set('env', 'production') // no stack in its errors
console.error = () => {} // where express puts them
const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port))
new WebSocketServer({ server, path: '/ws' }).on('connection', socket => socket.on('message', (data, binary) => socket.send(data, { binary })))
process.stdin.on('end', () => process.exit()).resume()
