// A server as Node makes it: what it says of its connections is its own. The port is printed once it listens.
const server = require('http').createServer((request, response) => {
  request.resume()
  request.on('end', () => {
    if (request.url === '/nothing') response.statusCode = 204
    response.end(request.url === '/nothing' ? undefined : 'ok')
  })
})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
process.stdin.resume().on('end', () => process.exit()) // whoever started it is gone
