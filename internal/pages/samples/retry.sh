# curl repeats by itself: on 408, 429, 500, 502, 503 and 504 it waits as long as
# Retry-After says, else 1 s, 2 s, 4 s and so on. It does not ask whether the call
# took effect, so use this for calls that only read. answer.json has the answer,
# or the last error.
curl --silent --show-error --fail-with-body --output answer.json \
	--retry 5 --retry-max-time 120 \
	--header "Authorization: Bearer $TOKEN" "$URL"
