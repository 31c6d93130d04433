package httpcache_test

import (
	"testing"

	"github.com/candor-gateway/candor/httpcache"
)

// RFC 9111 §4.3.1: what the origin is asked.
func TestConditions(t *testing.T) {
	t.Parallel()
	for answer, want := range map[lines]string{
		"":          "",
		`ETag: "a"`: "If-None-Match: \"a\"\r\n",
		"ETag: W/\"a\"\nLast-Modified: " + nowDate:      "If-None-Match: W/\"a\"\r\nIf-Modified-Since: " + nowDate + "\r\n",
		"Last-Modified: Sunday, 01-Mar-26 12:00:00 GMT": "If-Modified-Since: Sunday, 01-Mar-26 12:00:00 GMT\r\n",
		"ETag: a":                  "",
		`ETag: "a`:                 "",
		`ETag: w/"a"`:              "",
		`ETag: "a" "b"`:            "",
		"ETag: \"a\"\nETag: \"b\"": "",
		"Last-Modified: now":       "",
	} {
		a := httpcache.ReadAnswer(answer, 200, now, now)
		if got := string(a.AppendConditions(nil)); got != want || a.Validates() != (want != "") {
			t.Errorf("%q: %q, want %q", answer, got, want)
		}
	}
}

// RFC 9111 §4.3.4: whether a 304 is about what is stored.
func TestConfirms(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		stored, answer lines
		want           bool
	}{
		"the same tag":            {`ETag: "a"`, `ETag: "a"`, true},
		"the same, weakly":        {`ETag: "a"`, `ETag: W/"a"`, true},
		"another tag":             {`ETag: "a-gzip"`, `ETag: "a"`, true}, // as Apache answers, to the one that was asked about
		"no word of it":           {`ETag: "a"`, "", true},
		"a tag where none was":    {"Last-Modified: " + nowDate, `ETag: "a"`, true},
		"the same date":           {"Last-Modified: " + nowDate, "Last-Modified: " + nowDate, true},
		"another date":            {"Last-Modified: " + nowDate, "Last-Modified: Sun, 01 Mar 2026 12:00:01 GMT", false},
		"the tag outweighs dates": {"ETag: \"a\"\nLast-Modified: " + nowDate, "ETag: \"a\"\nLast-Modified: Sun, 01 Mar 2026 12:00:01 GMT", true},
	} {
		stored, answer := httpcache.ReadAnswer(c.stored, 200, now, now), httpcache.ReadAnswer(c.answer, 304, now, now)
		if got := stored.Confirms(&answer); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// RFC 9111 §4.3.2: a caller's own conditions, answered from the store.
func TestUnmodified(t *testing.T) {
	t.Parallel()
	const old, young = "Sun, 01 Mar 2026 11:00:00 GMT", "Sun, 01 Mar 2026 12:00:01 GMT"
	for name, c := range map[string]struct {
		request, answer lines
		status          int // 200 where it is 0
		want            bool
	}{
		"no condition":                    {"", `ETag: "a"`, 0, false},
		"the tag":                         {`If-None-Match: "a"`, `ETag: "a"`, 0, true},
		"the tag, weakly":                 {`If-None-Match: W/"a"`, `ETag: "a"`, 0, true},
		"another tag":                     {`If-None-Match: "b"`, `ETag: "a"`, 0, false},
		"one of a list":                   {`If-None-Match: "b", W/"a"`, `ETag: "a"`, 0, true},
		"one of two lines":                {"If-None-Match: \"b\"\nIf-None-Match: \"a\"", `ETag: "a"`, 0, true},
		"a comma within a tag":            {`If-None-Match: "b,a", "c"`, `ETag: "a"`, 0, false},
		"a tag with a comma":              {`If-None-Match: "c","b,a"`, `ETag: "b,a"`, 0, true},
		"behind what is no tag":           {`If-None-Match: b, "a"`, `ETag: "a"`, 0, true},
		"what is no tag":                  {`If-None-Match: a`, `ETag: "a"`, 0, false},
		"any":                             {"If-None-Match: *", "", 0, true},
		"a tag, and none is stored":       {`If-None-Match: "a"`, "", 0, false},
		"since later":                     {"If-Modified-Since: " + young, "Last-Modified: " + nowDate, 0, true},
		"since then":                      {"If-Modified-Since: " + nowDate, "Last-Modified: " + nowDate, 0, true},
		"since before":                    {"If-Modified-Since: " + old, "Last-Modified: " + nowDate, 0, false},
		"since no date":                   {"If-Modified-Since: x", "Last-Modified: " + nowDate, 0, false},
		"since two dates":                 {"If-Modified-Since: " + young + "\nIf-Modified-Since: " + young, "Last-Modified: " + nowDate, 0, false},
		"by Date, without Last-Modified":  {"If-Modified-Since: " + nowDate, "Date: " + nowDate, 0, true},
		"before Date":                     {"If-Modified-Since: " + old, "Date: " + nowDate, 0, false},
		"the tag outweighs the date":      {"If-None-Match: \"b\"\nIf-Modified-Since: " + young, "ETag: \"a\"\nLast-Modified: " + nowDate, 0, false},
		"an error is told, and not a 304": {`If-None-Match: "a"`, `ETag: "a"`, 404, false},
	} {
		status := c.status
		if status == 0 {
			status = 200
		}
		a := httpcache.ReadAnswer(c.answer, status, now, now)
		if got := httpcache.Unmodified(c.request, &a, now); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestFreshensAndTells(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ freshens, tells bool }{
		"ETag": {false, true}, "Cache-Control": {true, true}, "X-Any": {true, true}, "Content-Location": {true, true}, "Date": {true, true},
		"Content-Length": {false, false}, "CONTENT-ENCODING": {false, false}, "content-type": {true, false}, "Content-MD5": {false, false}, "Content-Range": {false, false},
		"Content-Language": {true, false}, "Content-Security-Policy": {true, true}, "Connection": {false, true},
	} {
		if f, tells := httpcache.Freshens([]byte(name)), httpcache.Tells([]byte(name)); f != c.freshens || tells != c.tells {
			t.Errorf("%s: freshens %v, tells %v", name, f, tells)
		}
	}
}

// RFC 9111 §4.4.
func TestInvalidates(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		method string
		status int
		want   bool
	}{
		"POST": {"POST", 201, true}, "DELETE": {"DELETE", 204, true}, "PATCH, redirected": {"PATCH", 303, true}, "nobody knows": {"PURGE", 200, true},
		"refused": {"PUT", 409, false}, "failed": {"PUT", 502, false}, "safe": {"OPTIONS", 200, false}, "GET": {"GET", 200, false}, "interim": {"PUT", 103, false},
	} {
		if got := httpcache.Invalidates(c.method, c.status); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// RFC 9211 §2.
func TestStatus(t *testing.T) {
	t.Parallel()
	for want, s := range map[string]httpcache.Status{
		"candor; hit; ttl=30":                                      {Left: 30, Lasts: true},
		"candor; hit; ttl=-5; detail=stale-while-revalidate":       {Left: -5, Lasts: true, Detail: "stale-while-revalidate"},
		"candor; fwd=uri-miss; stored":                             {Forward: httpcache.URIMiss, Stored: true},
		"candor; fwd=vary-miss":                                    {Forward: httpcache.VaryMiss},
		"candor; fwd=miss; detail=private":                         {Forward: httpcache.Miss, Detail: "private"},
		"candor; fwd=bypass":                                       {Forward: httpcache.Bypass},
		"candor; fwd=method":                                       {Forward: httpcache.OtherMethod},
		"candor; fwd=request; fwd-status=304; stored":              {Forward: httpcache.CallersWish, Got: 304, Stored: true},
		"candor; fwd=stale; fwd-status=503; ttl=-5; detail=broken": {Forward: httpcache.StaleStored, Got: 503, Left: -5, Lasts: true, Detail: "broken"},
		"candor; fwd=uri-miss; collapsed":                          {Forward: httpcache.URIMiss, Collapsed: true},
	} {
		if got := string(s.Append(nil, "candor")); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// Every reason has a word of its own.
func TestReasonsHaveWords(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for r := httpcache.Stores; r <= httpcache.NoLifetime; r++ {
		if w := r.String(); w == "" || seen[w] {
			t.Errorf("%d: %q", r, w)
		}
		seen[r.String()] = true
	}
}

// What is asked of each call, and of each hit, allocates nothing.
func TestNoAllocations(t *testing.T) {
	a := httpcache.ReadAnswer(raw{"max-age=60"}, 200, now, now)
	names, text := []string{"accept"}, make([]byte, 0, 1000)
	var h httpcache.Header = still{}
	if n := testing.AllocsPerRun(100, func() {
		q := httpcache.ReadQuestion(h)
		httpcache.Look(&q, &a, now, httpcache.Rules{})
		httpcache.Unmodified(h, &a, now)
		text = httpcache.AppendVariant(text[:0], names, h)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// still is a request that allocates nothing.
type still struct{}

var stillLines = map[string][]byte{
	"cache-control": []byte("max-age=60, x=\"y\""), "if-none-match": []byte(`"a", "b"`), "if-modified-since": []byte(nowDate), "accept": []byte("a , b"), "pragma": []byte("x"),
}

func (still) Line(name string, n int) []byte {
	if n > 0 {
		return nil
	}
	return stillLines[name]
}
