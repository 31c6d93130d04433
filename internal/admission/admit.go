package admission

// steps is the order in which a call is judged (docs/contract.md, "The order of the checks"). Each step lets the call pass (Forwards) or says what becomes of it; after Waits the
// same step is asked again.
var steps = [...]func(*Call) Verdict{
	(*Call).place,        // which API and route; 400 for the URL, 414, 417, 421; the route's own faults stay pending
	(*Call).withoutRoute, // OPTIONS *, CONNECT, preflights
	(*Call).spelling,     // 400 for another spelling of a stricter route's path
	(*Call).credential,   // 400 ambiguous, 401s, 500
	(*Call).resource,     // 404 unknown or hidden
	(*Call).method,       // 501, 405, override headers
	(*Call).rewriting,    // 400 for a path that cannot be rewritten
	(*Call).version,      // 400, 426
	(*Call).permission,   // 403
	(*Call).loop,         // 508
	(*Call).framing,      // 411, 413, 415
	(*Call).limits,       // 429
}

// Admit decides about the call. It is resumed where it waited.
func (c *Call) Admit() Verdict {
	for ; c.step < len(steps); c.step++ {
		if v := steps[c.step](c); v != Forwards {
			return v
		}
	}
	return Forwards
}
