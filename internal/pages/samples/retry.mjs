// Sends a call again where that is safe and may help. Node 18 or later:
//
//   TOKEN=... node retry.mjs GET https://api.example.com/v1/orders

const attempts = 5;
const longest = 60_000; // ms; a limit that begins again later than that is not waited for

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// call sends a call without a body until it succeeds, cannot succeed, or has
// been sent often enough.
async function call(method, url, token) {
  for (let attempt = 1; ; attempt++) {
    const answer = await once(method, url, token);
    const wait = Math.max(answer.retryAfter, 200 * 2 ** attempt);
    if (attempt === attempts || wait > longest || !again(method, answer)) return answer;
    await sleep(wait * (1 + Math.random() / 4)); // so that not everybody comes back at once
  }
}

async function once(method, url, token) {
  try {
    const answer = await fetch(url, {
      method,
      headers: { Authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(60_000),
    });
    return { status: answer.status, body: await answer.text(), retryAfter: retryAfter(answer.headers) };
  } catch (error) {
    return { status: 0, body: String(error), retryAfter: 0 }; // no answer at all
  }
}

// retryAfter tells for how many ms an answer asks to wait: a number of seconds, or a date less the answer's own.
function retryAfter(headers) {
  const value = headers.get("Retry-After") ?? "";
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  return (/ GMT$/.test(value) && Date.parse(value) - Date.parse(headers.get("Date"))) || 0;
}

// again tells whether the same call may be sent once more.
function again(method, { status, body }) {
  if ([429, 503].includes(status)) return true; // turned away: nothing was done
  if (![0, 408, 425, 500, 502, 504].includes(status)) return false;
  // Perhaps something was done.
  return ["GET", "HEAD", "PUT", "DELETE"].includes(method) || applied(body) === "no";
}

function applied(body) {
  try {
    return JSON.parse(body).applied;
  } catch {
    return undefined;
  }
}

const { status, body } = await call(process.argv[2], process.argv[3], process.env.TOKEN);
if (status === 0 || status >= 400) {
  console.error(status, body);
  process.exit(1);
}
console.log(body);
