// An app takes the steps of a login as lines of JSON and answers each in a line: with what it got, or with what its developer sees of an error.
import { createInterface } from 'node:readline'

export async function serve(steps, describe, hello = {}) {
  const say = (answer) => process.stdout.write(JSON.stringify(answer) + '\n')
  say({ got: hello })
  for await (const line of createInterface({ input: process.stdin })) {
    const { step, ...args } = JSON.parse(line)
    try {
      say({ got: (await steps[step](args)) ?? {} })
    } catch (e) {
      say({ failed: { type: e.constructor.name, message: e.message, ...describe(e) } })
    }
  }
  process.exit()
}
