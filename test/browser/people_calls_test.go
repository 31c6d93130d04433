package browser

import (
	"time"

	"github.com/candor-gateway/candor/internal/pages/people"
)

// callViews are the pages of calls and of usage in their states, by name.
func callViews(site people.Site) map[string]people.View {
	return map[string]people.View{
		"call":         callView(site, func(plain string) string { return plain }),
		"call-evil":    callView(site, func(string) string { return evil }),
		"call-long":    callView(site, func(string) string { return unbroken }),
		"call-least":   people.Call{Site: site, Title: "A call → 400 malformed_request", Happened: "The gateway answered 400 to a call without a head."},
		"no-call":      people.NoCall{Site: site, Signed: true, Sent: "01a2105d-5d6c-7dfd-8870-12d98d29c354", IsID: true},
		"no-call-long": people.NoCall{Site: site, Sent: unbroken},
		"usage":        usageView(site, func(plain string) string { return plain }),
		"usage-evil":   usageView(site, func(string) string { return evil }),
		"usage-long":   usageView(site, func(string) string { return unbroken }),
		"usage-none":   people.Usage{Site: site, Signed: true},
	}
}

func callView(site people.Site, text func(string) string) people.Call {
	fact := func(name, value string) people.Fact { return people.Fact{Name: text(name), Value: text(value)} }
	return people.Call{
		Site: site, Signed: true, Failed: true, App: text("photo-shop"), Title: text("GET /v2/adAccounts → 403 access_denied"), Happened: text("The gateway answered 403 access_denied to GET /v2/adAccounts of the app photo-shop."),
		Message: text("Not enough permissions to access: GET /v2/adAccounts"), Fix: text("Ask the member for the scope r_ads again."), Recurs: text("It has failed in this way 12 times since 14:02."),
		Changed: []string{text("since 14:02 the token has no scope r_ads")}, Also: []string{text("the program calls itself shop/2")},
		Judge:  &people.Judgement{Fail: true, Text: text("Would still fail: 403 access_denied."), Different: []string{text("scope w_ads granted at 14:20")}, Unjudged: []people.Fact{fact("body", "it is not kept")}},
		Checks: []people.Check{{Name: text("route")}, {Name: text("permission"), Refused: true}}, Observed: []string{text("the check version would have refused it")}, Cause: []people.Fact{fact("Detail", "missing_scope")},
		Meanings: []people.Meaning{{Title: text("Access denied"), What: text("The token may not do this."), Who: text("you, the caller"), Repeat: text("No: the same call will fail the same way."), Causes: []string{text("Fewer scopes.")}, How: []string{text("Ask again.")}}},
		Ranked:   []people.Likely{{Title: text("A scope is missing"), Likelihood: text("most likely"), Check: text("Look at the scopes."), Fix: text("Ask for it."), Otherwise: text("Ask who can."), Who: text("you")}}, Ask: []string{text("Does it work with another member?")},
		Problem: people.Link{Label: text("access_denied"), Href: "/errors/access_denied"}, Stations: []people.Station{{Name: "Head read", To: 120, Whole: 9000}, {Name: "Checks done", From: 120, To: 200, Whole: 9000}, {Name: "First byte of the API", From: 200, To: 8800, Whole: 9000}, {Name: "Done", From: 8800, To: 9000, Whole: 9000}},
		Sent:     people.Wire{Line: text("GET /v2/adAccounts?q=search HTTP/1.1"), Fields: []people.Fact{fact("Host", "api.example.com"), fact("User-Agent", "shop/2")}, Note: text("200 bytes in all.")},
		Answered: people.Wire{Line: text("HTTP/1.1 403"), Fields: []people.Fact{fact("Content-Type", "application/json")}, Body: text("{}")},
		Who:      []people.Fact{fact("App", "photo-shop"), fact("Scopes", "r_profile")}, Upstream: []people.Fact{fact("Address", "10.0.0.7:8080")}, Known: []people.Fact{fact("Id", "01a2105d-5d6c-7dfd-8870-12d98d29c354")}, Report: text("candor report 01a2105d-5d6c-7dfd-8870-12d98d29c354"),
	}
}

func usageView(site people.Site, text func(string) string) people.Usage {
	now := time.Date(2026, 3, 12, 20, 48, 0, 0, time.UTC)
	ended := func(calls int64, problem string) people.Ended {
		return people.Ended{Problem: text(problem), Calls: calls}
	}
	v := people.Usage{
		Site: site, Signed: true, Apps: []string{"calendar", text("photo-shop")}, App: text("photo-shop"), Now: now, Used: people.Used{Calls: 8200, LetThrough: 5000, Repeated: 4120, Failed: 3450},
		Resources: []people.UsedResource{{
			Name: text("people/me"), Used: people.Used{Calls: 8200, LetThrough: 5000, Repeated: 4120, Failed: 3450, Errors: []people.Ended{{Problem: text("throttled"), Href: "/errors/throttled", Calls: 3200}}}, Limits: []people.Limit{
				{Quota: "application", Window: text("day"), Limit: 5000, Known: true, Used: 5000, ResetsAt: now.Add(192 * time.Minute)},
				{Quota: "burst", Window: text("second"), Limit: 10, Known: true, Used: 4, Left: 6, ResetsAt: now.Add(time.Second)},
				{Quota: "member", Window: text("day"), Limit: 100, PerMember: true},
			}, Throttled: []people.Ended{ended(3200, "ada")},
		}},
		Products: []string{text("people")}, Scopes: []string{text("r_profile")}, Asked: []people.ScopeUse{{Scope: text("r_profile"), Asked: 3, Granted: 2, Refused: 1}, {Asked: 4, Refused: 4}},
		Failures: []people.Failure{{ID: "01a2105d-5d6c-7dfd-8870-12d98d29c354", Call: text("GET /v2/me"), End: text("429 throttled"), Time: now}}, Next: "01a2105d-5d6c-7dfd-8870-12d98d29c354", Notes: []string{text("Counts of the last seconds may be missing.")},
	}
	for i := range 24 {
		calls := int64(i%7) * 60
		h := people.UsedHour{Time: now.Truncate(time.Hour).Add(time.Duration(i-23) * time.Hour), Used: people.Used{Calls: calls}}
		if i%3 == 0 && calls > 0 {
			h.Failed, h.Errors = calls/2, []people.Ended{ended(calls/4, "throttled"), ended(calls/8, "access_denied"), ended(calls/16, "gateway_timeout"), ended(calls/32, "expired_access_token"), ended(calls/2-calls/4-calls/8-calls/16-calls/32, "resource_not_found")}
		}
		v.Plot.Hours = append(v.Plot.Hours, h)
	}
	return v
}
