// An API with its own errors, cookies, events, uploads, gzip, ranges and trailers, on node alone. It prints the port it has, then each call as a line of JSON.
const http = require('http');
const zlib = require('zlib');

const text = 'to be or not to be '.repeat(20);

const routes = {
  '/cookies': (q, a) => { a.setHeader('Set-Cookie', ['a=1; Path=/', 'b=2; HttpOnly; SameSite=Lax']); a.end('ok'); },
  '/redirect': (q, a) => { a.writeHead(302, { Location: '/elsewhere?x=1' }); a.end(); },
  '/gzip': (q, a) => { a.setHeader('Content-Encoding', 'gzip'); a.setHeader('Vary', 'Accept-Encoding'); a.end(zlib.gzipSync(text)); },
  '/range': (q, a) => { a.writeHead(206, { 'Content-Range': 'bytes 0-4/10', 'Accept-Ranges': 'bytes' }); a.end('01234'); },
  '/trailers': (q, a) => { a.writeHead(200, { Trailer: 'X-Sum' }); a.write('one'); a.write('two'); a.addTrailers({ 'X-Sum': '42' }); a.end(); },
  '/events': (q, a) => { a.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' }); a.write('data: 1\n\n'); a.end('data: 2\n\n'); },
  '/empty': (q, a) => { a.writeHead(204); a.end(); },
  '/same': (q, a) => { a.writeHead(304, { ETag: '"1"' }); a.end(); },
  '/hints': (q, a) => { a.writeEarlyHints({ link: '</a.css>; rel=preload' }); a.end('ok'); },
  '/reason': (q, a) => { a.writeHead(200, 'Quite Fine', ['X-Odd-CASE', '1', 'x-odd-case', '2']); a.end('ok'); },
  '/error': (q, a) => { a.writeHead(500, { 'Content-Type': 'application/json', 'Access-Control-Allow-Origin': '*' }); a.end('{"error":{"code":"boom","message":"It broke"}}'); },
  '/id': (q, a) => { a.setHeader('X-Request-Id', 'theirs'); a.end('ok'); },
};

const server = http.createServer({ keepAliveTimeout: 5000 }, (q, a) => {
  let body = '';
  q.setEncoding('latin1');
  q.on('data', (d) => { body += d; });
  q.on('end', () => {
    console.log(JSON.stringify({ line: q.method + ' ' + q.url + ' ' + q.httpVersion, fields: q.rawHeaders, body, trailers: q.rawTrailers }));
    const route = routes[q.url.split('?')[0]];
    if (route) { route(q, a); return; }
    a.writeHead(404, { 'Content-Type': 'text/html' });
    a.end('<h1>Cannot ' + q.method + '</h1>');
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
