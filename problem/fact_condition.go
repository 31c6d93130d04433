package problem

// condition reports whether the case is of a sort. Few have something to say for it.
func condition(w *pen, p *Problem, f fact) bool {
	switch f {
	case factRefreshable:
		return p.Refreshable
	case factLacksProduct:
		return p.Reason == AppLacksProduct
	case factNotAsked:
		return p.Reason == NotAskedFor
	case factScopeChanged:
		return p.Reason == ScopeChanged
	case factScopeMissing:
		return p.Reason == ScopeMissing
	case factBurst:
		return p.Quota == "burst"
	case factNoMember:
		return p.NoMember
	case factHides:
		return p.Hides
	case factOneOf:
		if len(p.Required) > 1 {
			w.raw("one of: ")
		}
		return len(p.Required) > 0
	case factWaits:
		return actionByStatus(p.Status) == Wait
	case factRetries:
		return actionByStatus(p.Status) == RetryCall
	case factReauthorizes:
		return actionByStatus(p.Status) == Reauthorize
	case factAsks:
		return actionByStatus(p.Status) == RequestPermission
	case factUpstreamBody:
		return len(p.UpstreamBody) > 0
	case factApplied:
		return p.Applied == AppliedUnknown
	default:
		return false
	}
}
