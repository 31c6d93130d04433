# Sends a call again where that is safe and may help. Python 3, nothing to install:
#
#   TOKEN=... python3 retry.py GET https://api.example.com/v1/orders
import email.utils
import http.client
import json
import os
import random
import sys
import time
import urllib.error
import urllib.request

ATTEMPTS = 5
LONGEST = 60  # seconds; a limit that begins again later than that is not waited for


def call(method, url, token):
    """Sends a call without a body until it succeeds, cannot succeed, or has been sent often enough."""
    for attempt in range(1, ATTEMPTS + 1):
        status, body, after = once(method, url, token)
        wait = max(after, 0.2 * 2**attempt)
        if attempt == ATTEMPTS or wait > LONGEST or not again(method, status, body):
            return status, body
        time.sleep(wait * (1 + random.random() / 4))  # so that not everybody comes back at once


def once(method, url, token):
    request = urllib.request.Request(url, method=method, headers={"Authorization": f"Bearer {token}"})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read().decode(), 0
    except urllib.error.HTTPError as answer:
        return answer.code, answer.read().decode(), retry_after(answer.headers)
    except (OSError, http.client.HTTPException) as error:
        return 0, str(error), 0  # no answer at all


def retry_after(headers):
    """Tells how many seconds an answer asks to wait: a number, or a date less the answer's own."""
    value = headers.get("Retry-After", "")
    if value.isdigit():
        return int(value)
    try:
        until, now = (email.utils.parsedate_to_datetime(d) for d in (value, headers.get("Date", "")))
        return (until - now).total_seconds()
    except (ValueError, TypeError):
        return 0


def again(method, status, body):
    """Tells whether the same call may be sent once more."""
    if status in (429, 503):  # turned away: nothing was done
        return True
    if status not in (0, 408, 425, 500, 502, 504):
        return False
    # Perhaps something was done.
    return method in ("GET", "HEAD", "PUT", "DELETE") or applied(body) == "no"


def applied(body):
    try:
        return json.loads(body).get("applied")
    except (ValueError, AttributeError):
        return None


status, body = call(sys.argv[1], sys.argv[2], os.environ.get("TOKEN", ""))
if status == 0 or status >= 400:
    print(status, body, file=sys.stderr)
    sys.exit(1)
print(body)
