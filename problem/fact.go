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
	factCalls
	factRepeated
	factTried
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
	factMember
	factAuthDocs
	factSupport
	factPartner
	factLimitsHelp
	factMoreLimits
	factStatusPage
	factCount

	silently fact = 0x80 // asked for, not said
)

// subject is what a fact is about, and so who says it.
type subject uint8

const (
	ofNothing       subject = iota
	ofCase                  // what this case has: Catalogue.value
	ofKind                  // what sort of case it is, mostly asked for without being said: condition
	ofConfiguration         // what the operator has named: Catalogue.configured
)

// facts has the word for each fact inside braces, and what it is about. Functions in its place would let every Problem escape to the heap: to render one
// allocates nothing.
var facts = [factCount]struct {
	name string
	of   subject
}{
	factDetail:        {"detail", ofCase},
	factPart:          {"part", ofCase},
	factPlace:         {"place", ofCase},
	factField:         {"field", ofCase},
	factInput:         {"input", ofCase},
	factExcerpt:       {"excerpt", ofCase},
	factChunk:         {"chunk", ofCase},
	factAt:            {"at", ofCase},
	factLine:          {"line", ofCase},
	factName:          {"name", ofCase},
	factOther:         {"other", ofCase},
	factMethod:        {"method", ofCase},
	factResource:      {"resource", ofCase},
	factVersion:       {"version", ofCase},
	factActive:        {"active", ofCase},
	factAllow:         {"allow", ofCase},
	factWord:          {"word", ofCase},
	factNearest:       {"nearest", ofCase},
	factExample:       {"example", ofCase},
	factDocs:          {"docs", ofCase},
	factLimit:         {"limit", ofCase},
	factSize:          {"size", ofCase},
	factTime:          {"time", ofCase},
	factSent:          {"sent", ofCase},
	factSentSize:      {"sentsize", ofCase},
	factCalls:         {"calls", ofCase},
	factRepeated:      {"repeated", ofCase},
	factTried:         {"tried", ofCase},
	factWindow:        {"window", ofCase},
	factQuota:         {"quota", ofCase},
	factResetsAt:      {"resetsat", ofCase},
	factRetryAfter:    {"retryafter", ofCase},
	factRequired:      {"required", ofCase},
	factGranted:       {"granted", ofCase},
	factExpiredAt:     {"expiredat", ofCase},
	factStatus:        {"status", ofCase},
	factStatusName:    {"statusname", ofCase},
	factRefreshable:   {"refreshable", ofKind},
	factLacksProduct:  {"lacksproduct", ofKind},
	factNotAsked:      {"notasked", ofKind},
	factScopeChanged:  {"scopechanged", ofKind},
	factScopeMissing:  {"scopemissing", ofKind},
	factBurst:         {"burst", ofKind},
	factNoMember:      {"nomember", ofKind},
	factHides:         {"hides", ofKind},
	factOneOf:         {"oneof", ofKind},
	factWaits:         {"waits", ofKind},
	factRetries:       {"retries", ofKind},
	factReauthorizes:  {"reauthorizes", ofKind},
	factAsks:          {"asks", ofKind},
	factUpstreamBody:  {"upstreambody", ofKind},
	factApplied:       {"applied", ofKind},
	factIDHeader:      {"idheader", ofConfiguration},
	factVersionHeader: {"versionheader", ofConfiguration},
	factMember:        {"member", ofConfiguration},
	factAuthDocs:      {"authdocs", ofConfiguration},
	factSupport:       {"support", ofConfiguration},
	factPartner:       {"partner", ofConfiguration},
	factLimitsHelp:    {"limitshelp", ofConfiguration},
	factMoreLimits:    {"morelimits", ofConfiguration},
	factStatusPage:    {"statuspage", ofConfiguration},
}

// factNamed finds a fact; "?name" asks for it without saying it.
func factNamed(name string) (f fact, silent bool) {
	if name != "" && name[0] == '?' {
		name, silent = name[1:], true
	}
	for f := noFact + 1; f < factCount; f++ {
		if facts[f].name == name {
			return f, silent
		}
	}
	return noFact, silent
}

func factList() (list []string) {
	for _, row := range facts[noFact+1:] {
		list = append(list, row.name)
	}
	slices.Sort(list)
	return list
}

// fact appends a fact of the case and reports whether it is known.
func (c *Catalogue) fact(w *pen, p *Problem, f fact) bool {
	switch facts[f].of {
	case ofCase:
		return c.value(w, p, f)
	case ofKind:
		return condition(w, p, f)
	case ofConfiguration:
		return w.known(c.configured(f))
	case ofNothing:
	}
	return false
}

// configured is what the configuration says.
func (c *Catalogue) configured(f fact) string {
	switch f {
	case factIDHeader:
		return c.options.RequestIDHeader
	case factVersionHeader:
		return c.options.VersionHeader
	case factMember:
		return c.member()
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

// member is what whoever grants an application access is called: who has never heard of LinkedIn calls one a user.
func (c *Catalogue) member() string {
	if c.options.Profile == LinkedIn {
		return "member"
	}
	return "user"
}
