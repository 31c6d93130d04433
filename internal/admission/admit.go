package admission

import "github.com/candor-gateway/candor/internal/route"

// step is one row of the order in which a call is judged.
type step struct {
	check route.Check // whose mode says what becomes of a refusal; always: it holds
	// judge lets the call pass (Forwards) or says what becomes of it; after Waits it is asked again.
	judge func(*Call) Verdict
	name  string // for a trial, of a step that is not a check, or not all of one: it is told of where it refuses
}

// always is the check of a step that no mode relaxes: which API and route a call is for, faults of its URL, the process's bounds.
const always = route.CheckCount

// steps is the order (docs/contract.md, "The order of the checks").
var steps = [...]step{
	{always, (*Call).place, "url"},                                // which API and route; 400 for the URL, 414, 417, 421; the route's own faults stay pending
	{always, (*Call).withoutRoute, route.CheckPreflight.String()}, // OPTIONS *, CONNECT; preflights by the mode of their check: 403 for a browser's question
	{always, (*Call).spelling, "spelling"},                        // 400 for another spelling of a stricter route's path
	{route.CheckCredential, (*Call).credential, ""},               // 400 ambiguous, 401s, 500
	{route.CheckPath, (*Call).resource, ""},                       // 404 unknown or hidden
	{route.CheckMethod, (*Call).method, ""},                       // 501, 405
	{always, (*Call).overridden, route.CheckMethod.String()},      // 400 for fields that override the method
	{always, (*Call).rewriting, "rewriting"},                      // 400 for a path that cannot be rewritten
	{route.CheckVersion, (*Call).version, ""},                     // 400, 426
	{route.CheckPermission, (*Call).permission, ""},               // 403
	{always, (*Call).upgrade, "upgrade"},                          // 501 for a WebSocket that cannot be opened here
	{route.CheckPreflight, (*Call).origin, "origin"},              // 403 for one that a page of a foreign origin opens
	{always, (*Call).loop, "loop"},                                // 508
	{route.CheckLength, (*Call).length, ""},                       // 411, 413
	{route.CheckMediaType, (*Call).mediaType, ""},                 // 415
	{always, (*Call).enter, "in_flight"},                          // 503 in linkedin 429
	{route.CheckQuota, (*Call).limits, ""},                        // 429
}

// Admit decides about the call. It is resumed where it waited.
func (c *Call) Admit() Verdict {
	for ; c.step < len(steps); c.step++ {
		v := steps[c.step].judge(c)
		if v != Forwards && (v != Refuses || !c.observes(steps[c.step].check)) {
			c.refused = v == Refuses
			return v
		}
	}
	return Forwards
}
