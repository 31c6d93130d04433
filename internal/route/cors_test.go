package route

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestPreflight(t *testing.T) {
	block := &CORSSpec{
		Origins: []string{"https://app.example.com", "null"}, Methods: []string{"GET", "POST"}, Headers: []string{"Authorization", "X-A"}, MaxAge: 10 * time.Minute,
	}
	every := &CORSSpec{Origins: []string{"*"}, Methods: []string{"GET"}, Headers: []string{"*"}}
	app := []byte("https://app.example.com")
	for name, c := range map[string]struct {
		spec                    *CORSSpec
		origin, method, headers string
		want                    Preflight
	}{
		"off":               {nil, "https://app.example.com", "GET", "", Preflight{}},
		"allowed":           {block, "https://app.example.com", "DELETE", "X-B", Preflight{app, "GET, POST", []byte("Authorization, X-A"), "600", true}},
		"null":              {block, "null", "GET", "", Preflight{[]byte("null"), "GET, POST", []byte("Authorization, X-A"), "600", true}},
		"other origin":      {block, "https://evil.example", "GET", "", Preflight{Vary: true}},
		"other case":        {block, "https://APP.example.com", "GET", "", Preflight{Vary: true}},
		"prefix":            {block, "https://app.example.com.evil.example", "GET", "", Preflight{Vary: true}},
		"no origin":         {block, "", "GET", "", Preflight{Vary: true}},
		"no method":         {block, "https://app.example.com", "", "", Preflight{Vary: true}},
		"every":             {every, "https://x.example", "GET", "x-a, x-b", Preflight{[]byte("*"), "GET", []byte("x-a, x-b"), "", false}},
		"every, none asked": {every, "https://x.example", "GET", "", Preflight{[]byte("*"), "GET", nil, "", false}},
		"every, no list":    {every, "https://x.example", "GET", "x-a: b", Preflight{[]byte("*"), "GET", nil, "", false}},
	} {
		cors, err := NewCORS(c.spec)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, cors.Preflight([]byte(c.origin), []byte(c.method), []byte(c.headers))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestCORSSpecsThatCannotBe(t *testing.T) {
	for want, spec := range map[string]CORSSpec{
		`the origins are missing, as in ["https://app.example.com"]`:             {},
		`"app.example" is no origin; expected one as in https://app.example.com`: {Origins: []string{"app.example"}},
		`"X A" is no name of a method or header`:                                 {Origins: []string{"*"}, Headers: []string{"X A"}},
	} {
		if _, err := NewCORS(&spec); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
