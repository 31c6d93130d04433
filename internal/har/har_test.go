package har

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestRead(t *testing.T) {
	t.Parallel()
	got, err := Read(file(t))
	if err != nil {
		t.Fatal(err)
	}
	want := []Entry{
		{
			Number: 1, Began: time.Date(2026, 11, 26, 10, 15, 0, 250e6, time.UTC), Took: 12500 * time.Microsecond,
			Phases: []Phase{
				{"dns", 1500 * time.Microsecond},
				{"connect", 6 * time.Millisecond},
				{"ssl", 4 * time.Millisecond},
				{"wait", 5 * time.Millisecond},
			},
			Request:  Request{Method: "GET", URL: "https://api.example.com/v2/me", Version: "h2", Headers: []Field{{"accept", "*/*"}}},
			Response: Response{Status: 200, Version: "h2", Type: "application/json", Body: []byte("{}")},
		},
		{
			Number: 2, Began: time.Date(2026, 11, 26, 9, 15, 1, 0, time.UTC),
			Request: Request{
				Method: "POST", URL: "https://api.example.com/v2/posts", Version: "HTTP/1.1", Cookies: []Field{{"sid", "x"}},
				Type: "application/x-www-form-urlencoded", Params: []Field{{"a", "1"}, {"f", "a.png"}, {}},
			},
			Error: "net::ERR_CONNECTION_REFUSED",
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if got[0].Failed() || !got[1].Failed() {
		t.Error("the second entry failed, and no other")
	}
}

// What can be read of a file that was cut is read, and the place is told.
func TestReadBroken(t *testing.T) {
	t.Parallel()
	whole := string(file(t))
	second := strings.Index(whole, `"2026-11-26T10:15:01`)
	for _, c := range []struct {
		name, text string
		entries    int
		err        string
	}{
		{"cut in the second entry", whole[:second+30], 1, "entry 2 of the HAR file cannot be read, at byte "},
		{"cut behind the second entry", whole[:strings.LastIndex(whole, "]")], 2, "entry 3 of the HAR file cannot be read, at byte "},
		{"broken in the second entry", whole[:second] + "oops" + whole[second:], 1, "entry 2 of the HAR file cannot be read, at byte "},
		{"an entry that is none", `{"log":{"entries":[7]}}`, 0, "entry 1 of the HAR file cannot be read"},
		{"no entries", `{"log":{"version":"1.2"}}`, 0, "has no list of entries"},
		{"entries that are no list", `{"log":{"entries":{}}}`, 0, "are no list"},
		{"a log that is no object", `{"log":[]}`, 0, "has no list of entries"},
		{"an empty list", `{"log":{"entries":[]}}`, 0, ""},
		{"other JSON", `{"status":401}`, 0, ErrNone.Error()},
		{"a list", `[{"log":{"entries":[]}}]`, 0, ErrNone.Error()},
		{"no JSON", `HTTP/1.1 401`, 0, ErrNone.Error()},
		{"nothing", ``, 0, ErrNone.Error()},
		{"deep nesting", `{"a":` + strings.Repeat("[", 20000), 0, ErrNone.Error()},
	} {
		got, err := Read([]byte(c.text))
		if len(got) != c.entries || err == nil && c.err != "" || err != nil && (c.err == "" || !strings.Contains(err.Error(), c.err)) {
			t.Errorf("%s: %d entries, %v; want %d, %q", c.name, len(got), err, c.entries, c.err)
		}
		if errors.Is(err, ErrNone) && Looks([]byte(c.text)) {
			t.Errorf("%s: it looks like a HAR file and is none", c.name)
		}
	}
	if !Looks(append([]byte("\ufeff\n"), whole...)) || !Looks([]byte(whole[:second])) {
		t.Error("a HAR file, whole or cut, does not look like one")
	}
}

func FuzzRead(f *testing.F) {
	f.Add(file(f))
	f.Add([]byte(`{"log":{"entries":[{"time":1e308,"response":{"status":-1}}]}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		all, err := Read(text)
		if err == nil && !Looks(text) {
			t.Fatalf("it was read, and does not look like a HAR file: %q", text)
		}
		for i, e := range all {
			if e.Number != i+1 || e.Took < 0 || e.Response.Status < 0 || e.Response.Status > 999 {
				t.Fatalf("entry %d is %+v", i+1, e)
			}
		}
	})
}

func file(tb testing.TB) []byte {
	tb.Helper()
	text, err := os.ReadFile("testdata/two.har")
	if err != nil {
		tb.Fatal(err)
	}
	return text
}
