package problem

import "slices"

// fact is a place in a sentence.
type fact uint8

const (
	noFact fact = iota
	factDetail
	factPart
	factPlace
	factField
	factInput
	factExcerpt
	factChunk
	factAt
	factLine
	factName
	factOther
	factMethod
	factResource
	factVersion
	factActive
	factAllow
	factWord
	factNearest
	factExample
	factDocs
	factLimit
	factSize
	factTime
	factSent
	factSentSize
	factWindow
	factQuota
	factResetsAt
	factRetryAfter
	factRequired
	factGranted
	factExpiredAt
	factStatus
	factStatusName
	factRefreshable
	factLacksProduct
	factNotAsked
	factScopeChanged
	factScopeMissing
	factBurst
	factNoMember
	factHides
	factOneOf
	factWaits
	factRetries
	factReauthorizes
	factAsks
	factUpstreamBody
	factApplied
	factIDHeader
	factVersionHeader
	factAuthDocs
	factSupport
	factPartner
	factLimitsHelp
	factMoreLimits
	factStatusPage
	factCount

	silently fact = 0x80 // asked for, not said
)

// factNames are the words for facts inside braces.
var factNames = [factCount]string{
	factDetail: "detail", factPart: "part", factPlace: "place", factField: "field", factInput: "input", factExcerpt: "excerpt",
	factChunk: "chunk", factAt: "at", factLine: "line", factName: "name", factOther: "other", factMethod: "method",
	factResource: "resource", factVersion: "version", factActive: "active", factAllow: "allow", factWord: "word",
	factNearest: "nearest", factExample: "example", factDocs: "docs", factLimit: "limit", factSize: "size", factTime: "time",
	factSent: "sent", factSentSize: "sentsize", factWindow: "window", factQuota: "quota", factResetsAt: "resetsat",
	factRetryAfter: "retryafter", factRequired: "required", factGranted: "granted", factExpiredAt: "expiredat",
	factStatus: "status", factStatusName: "statusname", factRefreshable: "refreshable", factLacksProduct: "lacksproduct",
	factNotAsked: "notasked", factScopeChanged: "scopechanged", factScopeMissing: "scopemissing", factBurst: "burst", factNoMember: "nomember", factHides: "hides", factOneOf: "oneof", factApplied: "applied", factWaits: "waits", factRetries: "retries", factReauthorizes: "reauthorizes", factAsks: "asks", factUpstreamBody: "upstreambody",
	factIDHeader: "idheader", factVersionHeader: "versionheader", factAuthDocs: "authdocs", factSupport: "support",
	factPartner: "partner", factLimitsHelp: "limitshelp", factMoreLimits: "morelimits", factStatusPage: "statuspage",
}

// factNamed finds a fact; "?name" asks for it without saying it.
func factNamed(name string) (f fact, silent bool) {
	if name != "" && name[0] == '?' {
		name, silent = name[1:], true
	}
	for f := noFact + 1; f < factCount; f++ {
		if factNames[f] == name {
			return f, silent
		}
	}
	return noFact, silent
}

func factList() []string {
	list := slices.Clone(factNames[noFact+1:])
	slices.Sort(list)
	return list
}

// fact appends a fact of the case and reports whether it is known.
func (c *Catalogue) fact(w *pen, p *Problem, f fact) bool {
	switch {
	case f <= factWord:
		return c.place(w, p, f)
	case f <= factGranted:
		return amount(w, p, f)
	case f <= factApplied:
		return condition(w, p, f)
	}
	return w.known(c.configured(f))
}

// known appends a text and reports whether there is one.
func (w *pen) known(s string) bool {
	w.text(s)
	return s != ""
}

func (w *pen) knownBytes(b []byte) bool {
	w.shown(b)
	return len(b) > 0
}

// number appends a number and reports whether it is above zero.
func (w *pen) number(n int64) bool {
	if n <= 0 {
		return false
	}
	w.int(n)
	return true
}

// place appends what says where and what.
func (c *Catalogue) place(w *pen, p *Problem, f fact) bool {
	switch f {
	case factDetail:
		return p.Detail != NoDetail && p.Detail < detailCount && c.write(w, p, c.details[p.Detail].text)
	case factPart:
		return w.known(p.Part)
	case factPlace:
		if p.Part == "" {
			w.raw("request head")
		}
		w.text(p.Part)
		return true
	case factField:
		return w.knownBytes(p.Field)
	case factInput:
		return w.known(p.Name) || w.knownBytes(p.Field) || w.known(p.Part)
	case factExcerpt:
		return w.knownBytes(p.Excerpt)
	case factChunk:
		return p.Part == PartChunk && w.number(int64(p.Line))
	case factAt:
		return w.number(int64(p.At))
	case factLine:
		return w.number(int64(p.Line))
	case factName:
		return w.known(p.Name)
	case factOther:
		return w.known(p.Other)
	case factMethod:
		return w.knownBytes(p.Method)
	case factResource:
		return w.known(p.Resource)
	case factVersion:
		return w.knownBytes(p.Version)
	case factActive:
		return w.known(p.Active)
	case factAllow:
		w.ascii(p.Allow)
		return len(p.Allow) > 0
	case factWord:
		w.decoded(p.Word)
		return len(p.Word) > 0
	default:
		return false
	}
}

// amount appends what counts: limits, times, scopes.
func amount(w *pen, p *Problem, f fact) bool {
	switch f {
	case factNearest:
		return w.known(p.Nearest)
	case factExample:
		return w.known(p.Example)
	case factDocs:
		return w.known(p.Docs)
	case factLimit:
		return w.number(p.Limit)
	case factSize:
		w.size(p.Limit)
		return p.Limit > 0
	case factTime:
		w.duration(p.Limit)
		return p.Limit > 0
	case factSent:
		return w.number(p.Sent)
	case factSentSize:
		w.size(p.Sent)
		return p.Sent > 0
	case factWindow:
		w.lower(p.Window)
		return p.Window != ""
	case factQuota:
		return w.known(p.Quota)
	case factResetsAt:
		w.moment(p.ResetsAt)
		return p.ResetsAt > 0
	case factRetryAfter:
		w.seconds(p.RetryAfter)
		return p.RetryAfter > 0
	case factRequired:
		w.list(p.Required)
		return len(p.Required) > 0
	case factGranted:
		w.list(p.Granted)
		return len(p.Granted) > 0
	default:
		return false
	}
}

// condition appends a fact that is mostly asked for without being said.
func condition(w *pen, p *Problem, f fact) bool {
	switch f {
	case factExpiredAt:
		w.moment(p.ExpiredAt)
		return p.ExpiredAt > 0
	case factStatus:
		return w.number(int64(p.Status))
	case factStatusName:
		return w.known(statusTitle(p.Status))
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

// configured is what the configuration says.
func (c *Catalogue) configured(f fact) string {
	switch f {
	case factIDHeader:
		return c.options.RequestIDHeader
	case factVersionHeader:
		return c.options.VersionHeader
	case factAuthDocs:
		return c.options.AuthDocs
	case factSupport:
		return c.options.Support.Default
	case factPartner:
		return c.options.Support.Partner
	case factLimitsHelp:
		return c.options.Support.Limits
	case factMoreLimits:
		return c.options.Support.MoreLimits
	case factStatusPage:
		return c.options.Support.StatusPage
	default:
		return ""
	}
}
