package problem

import "testing"

// TestFacts holds that every fact has a word and a subject, and that the subject's switch knows it: in a case that has everything, or in one of its kinds.
func TestFacts(t *testing.T) {
	c := catalogue(t, Options{
		Profile: LinkedIn, AuthDocs: "auth", VersionHeader: "Version", RequestIDHeader: "Id",
		Support: Support{Default: "help", Partner: "partner", Limits: "limits", MoreLimits: "more", StatusPage: "status"},
	})
	cases := casesWithEverything()
	seen := map[string]fact{}
	for f := noFact + 1; f < factCount; f++ {
		name := facts[f].name
		if got, silent := factNamed("?" + name); name == "" || got != f || !silent {
			t.Errorf("fact %d: the word %q leads to %d, silently: %t", f, name, got, silent)
		}
		if other, ok := seen[name]; ok {
			t.Errorf("%q is fact %d and fact %d", name, other, f)
		}
		seen[name] = f
		known := 0
		for i := range cases {
			if c.fact(&pen{}, &cases[i], f) {
				known++
			}
		}
		if known == 0 {
			t.Errorf("{%s} is known in no case: is there a case for it in the switch of its subject?", name)
		}
		if c.fact(&pen{}, &Problem{}, f) && facts[f].of != ofConfiguration && f != factPlace {
			t.Errorf("{%s} is known where nothing is", name)
		}
	}
}

// casesWithEverything are cases that have every fact between them: all values at once, and each of the kinds that exclude one another.
func casesWithEverything() (all []Problem) {
	some := []byte("x")
	base := Problem{
		Type: AccessDenied, Detail: DetailBareLF, Applied: AppliedUnknown, At: 1, Line: 1, Part: PartChunk, Field: some, Excerpt: some, Name: "x", Other: "x",
		Method: some, Resource: "x", Version: some, Active: "x", Allow: some, Word: some, Nearest: "x", Hides: true, Example: "x", Docs: "x",
		Limit: 1, Sent: 1, Window: "DAY", Quota: "burst", Calls: 1, Repeated: 1, Tried: 2, ResetsAt: 1, RetryAfter: 1, Required: []string{"x"}, Granted: []string{"x"}, NoMember: true,
		ExpiredAt: 1, Refreshable: true, Status: 429, UpstreamBody: some,
	}
	for r := NoReason; r <= ScopeMissing; r++ {
		p := base
		p.Reason = r
		all = append(all, p)
	}
	for _, status := range []int{401, 403, 503} {
		p := base
		p.Status = status
		all = append(all, p)
	}
	return all
}
