package problem

import (
	"strings"
	"testing"
)

// What may have been applied is never said not to have reached the API: also where no connection came about at last, behind an attempt that did send the call.
func TestNoFixContradictsApplied(t *testing.T) {
	for _, profile := range []Profile{Standard, LinkedIn} {
		c := catalogue(t, Options{Profile: profile})
		for typ := MalformedRequest; typ < typeCount; typ++ {
			for _, d := range append(Details(typ), NoDetail) {
				p := Example(typ)
				p.Detail, p.Applied = d, AppliedUnknown
				if fix := string(c.AppendFix(nil, &p)); strings.Contains(fix, "did not reach") {
					t.Errorf("%s, %s, applied unknown: %q", typ, d, fix)
				}
			}
		}
	}
}
