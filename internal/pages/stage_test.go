package pages

import (
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/problem"
)

var update = flag.Bool("update", false, "write the golden files anew")

// operators is a site with everything that an operator can say.
func operators(t *testing.T) *Site {
	t.Helper()
	return site(t, Options{
		Overrides:      []problem.Override{{Type: problem.Throttled, Message: "Too many <calls>", Fix: "Ask for more at https://example.com/more."}},
		Support:        problem.Support{Default: "help@example.com", Partner: "partners@example.com", Limits: "the team \"limits\"", MoreLimits: "https://example.com/limits?a=1&b=2", StatusPage: "https://status.example.com"},
		Authentication: "https://example.com/auth", Errors: "https://www.example.com/errors",
	})
}

func site(t *testing.T, o Options) *Site {
	t.Helper()
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// answered is an answer, whole.
type answered struct {
	Status int
	Header http.Header
	Body   string
}

// get asks a site in the way of the server that it stands on.
func get(t *testing.T, s *Site, method, target string, head http.Header) answered {
	t.Helper()
	r := httptest.NewRequest(method, target, http.NoBody)
	r.Header = head
	w := httptest.NewRecorder()
	if p := s.Serve(w, r); p != nil {
		s.Refuse(w, r, p, "the id")
	}
	a := w.Result()
	defer a.Body.Close()
	body, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answered{a.StatusCode, a.Header, string(body)}
}

// golden compares with a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got); read it, and `go test ./internal/pages -update` writes it:\n%s", name, diff)
	}
}
