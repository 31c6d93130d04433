// node client.mjs URL [--dump] [ID...]: runs http-cache-tests through the cache at URL, a hundred at a time, or those of some ids; --dump tells each call. Each result
// is a line of JSON. The tests of caches in browsers and of CDNs (surrogate-control) are left out.
import fetch from 'node-fetch'
import { getResults, runTests } from '../node_modules/http-cache-tests/client/runner.mjs'
import suites from '../node_modules/http-cache-tests/tests/index.mjs'

const [base, ...ids] = process.argv.slice(2)
const dump = ids[0] === '--dump'
if (dump) ids.shift()
const tests = suites.flatMap(suite => suite.tests.map(test => ({ ...test, suite: suite.id, dump })))
  .filter(test => !test.browser_only && (ids.length === 0 || ids.includes(test.id)))
await runTests([{ tests }], fetch, false, base)
const results = getResults()
for (const test of tests) {
  const result = results[test.id]
  console.log(JSON.stringify({
    suite: test.suite, id: test.id, name: test.name, kind: test.kind || 'required', depends: test.depends_on || [],
    failed: result === true ? '' : result[0] + ': ' + result[1]
  }))
}
