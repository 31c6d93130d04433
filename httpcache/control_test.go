package httpcache_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/httpcache"
)

// RFC 9111 §5.2: what Cache-Control says, and what is made of what it should not say.
func TestControl(t *testing.T) {
	t.Parallel()
	const forever = httpcache.Forever
	for name, c := range map[string]struct {
		lines lines
		want  httpcache.Control
	}{
		"nothing":                  {"", httpcache.Control{}},
		"an empty line":            {"Cache-Control:", httpcache.Control{}},
		"empty elements":           {"Cache-Control: , ,no-store,", httpcache.Control{Said: httpcache.NoStore}},
		"one":                      {"Cache-Control: max-age=60", httpcache.Control{Said: httpcache.MaxAge, MaxAge: 60}},
		"several":                  {"Cache-Control: public, s-maxage=9 ,\tmax-age=60", httpcache.Control{Said: httpcache.Public | httpcache.SMaxAge | httpcache.MaxAge, SMaxAge: 9, MaxAge: 60}},
		"in any case":              {"Cache-Control: MAX-Age=60, No-Cache", httpcache.Control{Said: httpcache.MaxAge | httpcache.NoCache, MaxAge: 60}},
		"on two lines":             {"Cache-Control: private\ncache-control: max-age=1", httpcache.Control{Said: httpcache.Private | httpcache.MaxAge, MaxAge: 1}},
		"quoted":                   {`Cache-Control: max-age="60"`, httpcache.Control{Said: httpcache.MaxAge, MaxAge: 60}},
		"leading zeros":            {"Cache-Control: max-age=0060", httpcache.Control{Said: httpcache.MaxAge, MaxAge: 60}},
		"twice, the smaller first": {"Cache-Control: max-age=1, max-age=60", httpcache.Control{Said: httpcache.MaxAge, MaxAge: 1}},
		"twice, the smaller last":  {"Cache-Control: max-age=60\nCache-Control: max-age=1", httpcache.Control{Said: httpcache.MaxAge, MaxAge: 1}},
		"twice, one of them bad":   {"Cache-Control: max-age=60, max-age=x", httpcache.Control{Said: httpcache.MaxAge}},
		"no number":                {"Cache-Control: max-age", httpcache.Control{Said: httpcache.MaxAge}},
		"negative":                 {"Cache-Control: max-age=-1", httpcache.Control{Said: httpcache.MaxAge}},
		"a fraction":               {"Cache-Control: max-age=1.5", httpcache.Control{Said: httpcache.MaxAge}},
		"hexadecimal":              {"Cache-Control: max-age=0x10", httpcache.Control{Said: httpcache.MaxAge}},
		"in single quotes":         {"Cache-Control: max-age='60'", httpcache.Control{Said: httpcache.MaxAge}},
		"a blank before the sign":  {"Cache-Control: max-age =60", httpcache.Control{Said: httpcache.MaxAge}},
		"a blank behind the sign":  {"Cache-Control: max-age= 60", httpcache.Control{Said: httpcache.MaxAge}},
		"too large":                {"Cache-Control: max-age=99999999999999999999", httpcache.Control{Said: httpcache.MaxAge, MaxAge: forever}},
		"just too large":           {"Cache-Control: max-age=2147483649", httpcache.Control{Said: httpcache.MaxAge, MaxAge: forever}},
		"in another's quotes":      {`Cache-Control: x="max-age=60, no-store", max-age=1`, httpcache.Control{Said: httpcache.MaxAge, MaxAge: 1}},
		"an escaped quote":         {`Cache-Control: x="a\",no-store", max-age=1`, httpcache.Control{Said: httpcache.MaxAge, MaxAge: 1}},
		"quotes without an end":    {`Cache-Control: max-age=60, x="a, public`, httpcache.Control{Said: httpcache.MaxAge | httpcache.NoStore, MaxAge: 60}},
		"a longer name":            {"Cache-Control: xmax-age=60, max-agex=60, no-storex", httpcache.Control{}},
		"for some fields":          {`Cache-Control: no-cache="set-cookie", private="x-y, z"`, httpcache.Control{Said: httpcache.NoCache | httpcache.Private}},
		"semicolons for commas":    {"Cache-Control: private; max-age=60, s-maxage=9", httpcache.Control{Said: httpcache.Private | httpcache.SMaxAge, SMaxAge: 9}},
		"a semicolon at the end":   {"Cache-Control: max-age=60, NO-STORE;", httpcache.Control{Said: httpcache.MaxAge | httpcache.NoStore, MaxAge: 60}},
		"one behind a number":      {"Cache-Control: max-age=60; no-store", httpcache.Control{Said: httpcache.MaxAge | httpcache.NoStore}},
		"blanks for commas":        {"Cache-Control: public no-cache must-revalidate\tproxy-revalidate", httpcache.Control{Said: httpcache.NoCache | httpcache.MustRevalidate | httpcache.ProxyRevalidate}},
		"a semicolon in quotes":    {`Cache-Control: x="a; no-store", max-age=1`, httpcache.Control{Said: httpcache.MaxAge, MaxAge: 1}},
		"any staleness":            {"Cache-Control: max-stale", httpcache.Control{Said: httpcache.MaxStale, MaxStale: forever}},
		"some staleness":           {"Cache-Control: max-stale, max-stale=5", httpcache.Control{Said: httpcache.MaxStale, MaxStale: 5}},
		"bad staleness":            {"Cache-Control: max-stale=x", httpcache.Control{Said: httpcache.MaxStale}},
		"the larger freshness":     {"Cache-Control: min-fresh=1, min-fresh=5", httpcache.Control{Said: httpcache.MinFresh, MinFresh: 5}},
		"bad freshness":            {"Cache-Control: min-fresh=x", httpcache.Control{Said: httpcache.MinFresh, MinFresh: forever}},
		"RFC 5861": {"Cache-Control: stale-while-revalidate=3, stale-if-error=4", httpcache.Control{
			Said: httpcache.StaleWhileRevalidate | httpcache.StaleIfError, StaleWhileRevalidate: 3, StaleIfError: 4,
		}},
		"all the others": {"Cache-Control: no-transform,only-if-cached,must-revalidate,proxy-revalidate,must-understand,immutable", httpcache.Control{
			Said: httpcache.NoTransform | httpcache.OnlyIfCached | httpcache.MustRevalidate | httpcache.ProxyRevalidate | httpcache.MustUnderstand | httpcache.Immutable,
		}},
	} {
		if diff := cmp.Diff(c.want, httpcache.ReadControl(c.lines)); diff != "" {
			t.Errorf("%s (- want, + is):\n%s", name, diff)
		}
	}
}

// endless has a Cache-Control line more than anybody reads.
type endless struct{}

func (endless) Line(name string, _ int) []byte {
	if name == "cache-control" {
		return []byte("max-age=60")
	}
	return nil
}

func TestTooManyLinesAreNotStored(t *testing.T) {
	t.Parallel()
	if c := httpcache.ReadControl(endless{}); !c.Has(httpcache.NoStore) {
		t.Errorf("%+v", c)
	}
}

// Whatever bytes come, nothing breaks, and more of them never make an answer fresher.
func FuzzControl(f *testing.F) {
	for _, s := range []string{"max-age=60", `x="a, b\"", s-maxage=1`, "no-cache=\"a", "max-age =1,,max-stale", "\x00\xff=,\"\\"} {
		f.Add(s, "public")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		one, two := httpcache.ReadControl(raw{a}), httpcache.ReadControl(raw{a, b})
		if one.Said&^two.Said != 0 {
			t.Errorf("%q is not said any more once %q follows", a, b)
		}
		for _, c := range []httpcache.Control{one, two} {
			for _, n := range []int64{c.MaxAge, c.SMaxAge, c.MinFresh, c.MaxStale, c.StaleIfError, c.StaleWhileRevalidate} {
				if n < 0 || n > httpcache.Forever {
					t.Errorf("%q: %d seconds", a, n)
				}
			}
		}
		if one.Has(httpcache.MaxAge) && two.MaxAge > one.MaxAge || one.Has(httpcache.SMaxAge) && two.SMaxAge > one.SMaxAge {
			t.Errorf("%q makes %q last longer", b, a)
		}
	})
}

// raw are lines of Cache-Control.
type raw []string

func (r raw) Line(_ string, n int) []byte {
	if n >= len(r) {
		return nil
	}
	return append([]byte{}, r[n]...)
}
