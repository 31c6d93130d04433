package httpcache_test

import (
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/httpcache"
)

// now is when the answers of these tests come, and nowDate how a date says it.
const (
	now     = int64(1772366400) * 1e9
	nowDate = "Sun, 01 Mar 2026 12:00:00 GMT"
	second  = int64(time.Second)
)

// RFC 9110 §5.6.7.
func TestDates(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		nowDate:                             now / 1e9,
		"Sunday, 01-Mar-26 12:00:00 GMT":    now / 1e9,
		"Sun Mar  1 12:00:00 2026":          now / 1e9,
		"Sun Mar 01 12:00:00 2026":          now / 1e9,
		"Tue, 01 Mar 2026 12:00:00 GMT":     now / 1e9, // whose day is another one
		"Thu, 01 Jan 1970 00:00:01 GMT":     1,
		"Sat, 31 Dec 2016 23:59:60 GMT":     1483228799, // a leap second
		"Sunday, 06-Nov-94 08:49:37 GMT":    784111777,
		"Monday, 01-Mar-77 12:00:00 GMT":    226065600, // 51 years ahead is past
		"Thu, 29 Feb 2024 00:00:00 GMT":     1709164800,
		"":                                  -1,
		"0":                                 -1,
		"Sun, 01 Mar 2026 12:00:00":         -1,
		"Sun, 01 Mar 2026 12:00:00 UTC":     -1,
		"Sun, 01 Mar 2026 12:00:00 gmt":     -1,
		"sun, 01 Mar 2026 12:00:00 GMT":     -1,
		"Sun, 01 mar 2026 12:00:00 GMT":     -1,
		"Sun, 1 Mar 2026 12:00:00 GMT":      -1,
		"Sun, 29 Feb 2026 12:00:00 GMT":     -1,
		"Sun, 00 Mar 2026 12:00:00 GMT":     -1,
		"Sun, 01 Mar 2026 24:00:00 GMT":     -1,
		"Sun, 01 Mar 2026 12:60:00 GMT":     -1,
		"Sun, 01 Mar 2026 12:00:61 GMT":     -1,
		"Sun, 01 Mar 2026  12:00:00 GMT":    -1,
		"Sun, 01 Mar 2026 12.00.00 GMT":     -1,
		"Sun, 01-Mar-2026 12:00:00 GMT":     -1,
		"Someday, 01-Mar-26 12:00:00 GMT":   -1,
		"2026-03-01T12:00:00Z":              -1,
		"Sun, 01 Mar +026 12:00:00 GMT":     -1,
		"Sun, 01 Mar 2026 12:00:00 GMT, Su": -1,
	} {
		got, ok := httpcache.ReadDate([]byte(text), now/1e9)
		if ok != (want >= 0) || ok && got != want {
			t.Errorf("%q: %d, %v, want %d", text, got, ok, want)
		}
	}
}

// RFC 9111 §4.2.1: for how long an answer is fresh.
func TestLifetime(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fields          lines
		shared, private int64 // -1: it does not say
	}{
		"nothing":                    {"", -1, -1},
		"max-age":                    {"Cache-Control: max-age=60", 60, 60},
		"s-maxage before max-age":    {"Cache-Control: max-age=60, s-maxage=5", 5, 60},
		"max-age before Expires":     {"Cache-Control: max-age=60\nExpires: Sun, 01 Mar 2026 13:00:00 GMT", 60, 60},
		"Expires":                    {"Expires: Sun, 01 Mar 2026 12:01:00 GMT", 60, 60},
		"Expires, from Date on":      {"Date: Sun, 01 Mar 2026 11:00:00 GMT\nExpires: Sun, 01 Mar 2026 12:01:00 GMT", 3660, 3660},
		"Expires before Date":        {"Date: Sun, 01 Mar 2026 12:02:00 GMT\nExpires: Sun, 01 Mar 2026 12:01:00 GMT", 0, 0},
		"Expires: 0":                 {"Expires: 0", 0, 0},
		"Expires that is no date":    {"Expires: tomorrow", 0, 0},
		"Expires twice":              {"Expires: Sun, 01 Mar 2026 12:01:00 GMT\nExpires: Sun, 01 Mar 2026 12:01:00 GMT", 0, 0},
		"a Date that cannot be read": {"Date: now\nExpires: Sun, 01 Mar 2026 12:01:00 GMT", 60, 60},
		"no guess by Last-Modified":  {"Last-Modified: Sun, 01 Mar 2020 12:01:00 GMT", -1, -1},
		"centuries":                  {"Expires: Sun, 01 Mar 9999 12:01:00 GMT", httpcache.Forever, httpcache.Forever},
	} {
		a := httpcache.ReadAnswer(c.fields, 200, now, now)
		for _, one := range []struct {
			shared bool
			want   int64
		}{{true, c.shared}, {false, c.private}} {
			got, says := a.Lifetime(one.shared)
			if says != (one.want >= 0) || says && got != one.want {
				t.Errorf("%s, shared %v: %d, %v, want %d", name, one.shared, got, says, one.want)
			}
		}
	}
}

// RFC 9111 §4.2.3: how old an answer is.
func TestAge(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fields lines
		took   int64 // s, until its head was here
		after  int64 // s since
		want   int64
	}{
		"just come":                     {"Date: " + nowDate, 0, 0, 0},
		"a while ago":                   {"Date: " + nowDate, 0, 7, 7},
		"it took its time":              {"Date: " + nowDate, 3, 7, 10},
		"it was old already":            {"Date: " + nowDate + "\nAge: 20", 3, 7, 30},
		"by its Date":                   {"Date: Sun, 01 Mar 2026 11:59:00 GMT\nAge: 20", 3, 7, 67},
		"its clock is ahead":            {"Date: Sun, 01 Mar 2026 13:00:00 GMT", 0, 7, 7},
		"without a Date":                {"", 0, 7, 7},
		"the first Age of a list":       {"Age: 20, 30", 0, 0, 20},
		"the first Age is old":          {"Age: 20,0", 0, 0, 20},
		"one Age twice":                 {"Age: 20, 20", 0, 0, httpcache.Forever},
		"two lines of Age":              {"Age: 20\nAge: 30", 0, 0, httpcache.Forever},
		"an Age that is none":           {"Age: old", 0, 0, httpcache.Forever},
		"an Age without anything":       {"Age:", 0, 0, httpcache.Forever},
		"an Age with a parameter":       {"Age: 7;a=b", 0, 0, httpcache.Forever},
		"a negative Age":                {"Age: -7", 0, 0, httpcache.Forever},
		"a fraction":                    {"Age: 7.5", 0, 0, httpcache.Forever},
		"an Age of centuries":           {"Age: 99999999999999999999", 0, 7, httpcache.Forever},
		"our clock has gone back":       {"Age: 5", 0, -30, 5},
		"our clock has gone far back":   {"Age: 5", 0, -61, httpcache.Forever},
		"it took less than no time":     {"Age: 5", -3, 0, 5},
		"what is not a second is not 1": {"", 0, 0, 0},
	} {
		a := httpcache.ReadAnswer(c.fields, 200, now-c.took*second, now)
		if got := a.Age(now + c.after*second); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
	if a := httpcache.ReadAnswer(lines(""), 200, now, now); a.Age(now+second-1) != 0 {
		t.Error("a part of a second is counted as one")
	}
}

// RFC 9111 §4.1: what varies.
func TestVary(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fields lines
		want   httpcache.Variance
		names  string
	}{
		"nothing":             {"", httpcache.Nothing, ""},
		"an empty line":       {"Vary: ,", httpcache.Nothing, ""},
		"all":                 {"Vary: *", httpcache.Anything, ""},
		"all, among others":   {"Vary: Accept, *", httpcache.Anything, ""},
		"all, on another":     {"Vary: Accept\nVary: *", httpcache.Anything, ""},
		"names":               {"Vary: Accept-Language, Accept\nVary: accept", httpcache.Fields, "accept accept-language"},
		"what is no name":     {"Vary: a b", httpcache.Anything, ""},
		"more than is looked": {lines("Vary: " + strings.Repeat("a,", 17)), httpcache.Anything, ""},
	} {
		a := httpcache.ReadAnswer(c.fields, 200, now, now)
		names := ""
		if a.VariesBy == httpcache.Fields {
			names = strings.Join(httpcache.VaryNames(c.fields), " ")
		}
		if a.VariesBy != c.want || names != c.names {
			t.Errorf("%s: %v %q, want %v %q", name, a.VariesBy, names, c.want, c.names)
		}
	}
}

func TestVariants(t *testing.T) {
	t.Parallel()
	names := []string{"accept", "x-mine"}
	for name, c := range map[string]struct {
		a, b lines
		same bool
	}{
		"neither has any":      {"", "Other: 1", true},
		"the same":             {"Accept: a", "accept: a", true},
		"another value":        {"Accept: a", "Accept: b", false},
		"another case":         {"Accept: a", "Accept: A", false},
		"none and empty":       {"", "Accept:", false},
		"blanks around commas": {"Accept: a , b", "Accept: a,b", true},
		"two lines or one":     {"Accept: a\nAccept: b", "Accept: a, b", true},
		"another order":        {"Accept: a, b", "Accept: b, a", false},
		"a comma in quotes":    {`Accept: "a , b"`, `Accept: "a,b"`, false},
		"moved to another":     {"Accept: a", "X-Mine: a", false},
		"quotes without end":   {`Accept: "a`, `Accept: "a `, true},
	} {
		one, two := httpcache.AppendVariant(nil, names, c.a), httpcache.AppendVariant(nil, names, c.b)
		if same := string(one) == string(two); same != c.same {
			t.Errorf("%s: the same %v, want %v:\n%q\n%q", name, same, c.same, one, two)
		}
	}
}
