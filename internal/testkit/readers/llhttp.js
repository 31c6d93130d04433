// Reads requests with llhttp, as Node's own server does: a line of hex each, answered by a line of JSON that says what was read of it. Bytes are characters of Latin-1.
const { HTTPParser, methods, allMethods } = process.binding('http_parser')
const names = allMethods ?? methods

function pairs(list) {
  const all = []
  for (let i = 0; i < list.length; i += 2) all.push([list[i], list[i + 1]])
  return all
}

function read(raw) {
  const said = { Whole: false, Body: '', Left: '', Fields: [], Trailers: [] }
  const flushed = [] // what comes in several batches
  let begun = false
  let target = ''
  const parser = new HTTPParser()
  parser.initialize(HTTPParser.REQUEST, {})
  parser[HTTPParser.kOnHeaders | 0] = (fields, url) => { flushed.push(...fields); target += url }
  parser[HTTPParser.kOnHeadersComplete | 0] = (major, minor, fields, method, url) => {
    said.Method = names[method]
    said.Target = target + (url ?? '')
    said.Fields = pairs(flushed.splice(0).concat(fields ?? []))
    begun = true
    return 0
  }
  parser[HTTPParser.kOnBody | 0] = (data, from, length) => {
    said.Body += (from === undefined ? data : data.subarray(from, from + length)).toString('latin1')
  }
  parser[HTTPParser.kOnMessageComplete | 0] = () => {
    if (begun && !said.Whole) said.Trailers = pairs(flushed.splice(0))
    said.Whole = true
  }
  // Byte by byte, so that what is behind the end is seen to be there.
  for (let i = 0; i < raw.length; i++) {
    if (said.Whole) { said.Left = raw.subarray(i).toString('latin1'); break }
    const took = parser.execute(raw.subarray(i, i + 1))
    if (took instanceof Error) { said.Error = took.reason ?? took.message; break }
  }
  parser.close()
  return said
}

require('node:readline').createInterface({ input: process.stdin }).on('line', line => {
  process.stdout.write(JSON.stringify(read(Buffer.from(line, 'hex'))) + '\n')
})
