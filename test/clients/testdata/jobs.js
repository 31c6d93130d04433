// Does what jobs.py does, with undici.
const fs = require('node:fs')
const { Agent, interceptors, request } = require('undici')

function* pieces(data) {
  for (let at = 0; at < data.length; at += 65536) yield data.subarray(at, at + 65536)
}

const agent = (ca, more) => new Agent({ connect: { ca: fs.readFileSync(ca) }, headersTimeout: 30000, ...more })
const kept = new Map() // by authority

function keptBy(ca) {
  if (!kept.has(ca)) kept.set(ca, agent(ca, { keepAliveTimeout: 30000, connections: 1 }).compose(interceptors.redirect({ maxRedirections: 3 })))
  return kept.get(ca)
}

async function post(url, file, how, ca, headers) {
  const data = fs.readFileSync(file)
  const dispatcher = agent(ca)
  try {
    const answer = await request(url, { method: 'POST', body: how === 'chunked' ? require('node:stream').Readable.from(pieces(data)) : data, headers, dispatcher })
    const said = await answer.body.json()
    return `${answer.statusCode} ${answer.headers['candor-problem'] ?? 'none'} ${said.status}`
  } finally {
    await dispatcher.destroy()
  }
}

async function get(url, ca, headers) {
  const answer = await request(url, { headers, dispatcher: keptBy(ca) })
  return `${answer.statusCode} ${await answer.body.text()}`
}

async function work() {
  for await (const line of require('node:readline').createInterface({ input: process.stdin })) {
    const [kind, times, url, file, how, ca, header] = line.split('\t')
    const [name, value] = header.split(': ')
    for (let n = 0; n < Number(times); n++) {
      let said
      try {
        said = kind === 'post' ? await post(url, file, how, ca, { [name]: value }) : await get(url, ca, { [name]: value })
      } catch (failure) {
        said = failure.code === 'ECONNREFUSED' ? 'refused' : `failed: ${failure.code} ${failure}`
      }
      process.stdout.write(said + '\n')
    }
  }
  process.exit()
}
work()
