package problem

import "testing"

// Whatever goes wrong has a cause with a name: a log line without one would send its reader back to guessing.
func TestEveryProblemHasACause(t *testing.T) {
	for typ := None + 1; typ < typeCount; typ++ {
		if p := (Problem{Type: typ}); p.Cause() == "" {
			t.Errorf("%s without a detail has no cause", typ)
		}
	}
	if got := (&Problem{}).Cause() + RowCause(typeCount); got != "" {
		t.Errorf("no problem has the cause %q", got)
	}
	for name, p := range map[string]Problem{
		"bare_lf":            {Type: MalformedRequest, Detail: DetailBareLF},
		"not_asked_for":      {Type: AccessDenied, Reason: NotAskedFor},
		"quota_used_up":      {Type: Throttled, Quota: "member"},
		"answer_of_upstream": {Type: UpstreamClientError, Status: 402},
	} {
		if got := p.Cause(); got != name {
			t.Errorf("got %q, want %q", got, name)
		}
	}
}

// A name of the log means one thing: no cause of a row is called as a detail, or as a problem that it is not.
func TestCausesAreNamedOnce(t *testing.T) {
	seen := map[string]Type{}
	for d := DetailBareLF; d < detailCount; d++ {
		seen[d.Name()] = d.Type()
	}
	for typ, name := range rowCauses {
		if other, ok := seen[name]; ok && name != upstreamsOwn {
			t.Errorf("%q of %s is also of %s", name, Type(typ), other)
		}
		if _, ok := ByName(name); ok {
			t.Errorf("%q of %s is the name of a problem", name, Type(typ))
		}
		seen[name] = Type(typ)
	}
}
