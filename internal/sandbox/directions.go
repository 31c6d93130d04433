package sandbox

// directed are the lines that direct the sandbox; they are printed behind the calls.
const directed = "Rules that fail calls, and time"

// directions are ready-made requests to the operator's listener: rules that fail calls of any program, and the clock.
func directions(f *File) []Line {
	l := &liner{}
	curl := func(method, path string) string {
		return "curl -i -X " + method + " '" + f.Admin + path + "'" + field("Authorization", "Bearer "+f.AdminToken)
	}
	rule := func(name, body string) { l.add(directed, name, 201, curl("POST", faultsPath)+posted(body)) }
	rule("401, then 200", `{"name": "ended", "match": {"token": "good"}, "sequence": ["expired_access_token", "ok"]}`)
	rule("fail twice, then succeed", `{"name": "twice", "match": {"route": "v2/me"}, "fault": "status=503", "count": 2}`)
	rule("a third of all calls is reset, and the same ones each time", `{"name": "flaky", "fault": "reset", "rate": 0.33, "seed": 7}`)
	rule("every call is slow", `{"name": "slow", "latency": {"min": "200ms", "max": "2s"}}`)
	rule("down from 5 seconds on, for 30 seconds", `{"name": "down", "fault": "upstream_unreachable", "window": {"from": "5s", "for": "30s"}}`)
	l.add(directed, "the rules, and what they drew", 200, curl("GET", faultsPath))
	l.add(directed, "no rules any more", 200, curl("POST", resetPath))
	l.add(directed, "60 days later: tokens end, limits begin again; the clock goes forward only, and a reset leaves it", 200, curl("POST", clockPath)+posted(`{"advance": "60d"}`))
	return l.lines
}
