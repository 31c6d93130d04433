package sandbox

import (
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/problem"
)

func testLines(t *testing.T, p problem.Profile) ([]Line, *problem.Catalogue) {
	t.Helper()
	c, err := problem.New(problem.Options{Profile: p})
	if err != nil {
		t.Fatal(err)
	}
	f := &File{API: "http://127.0.0.1:8080", Tokens: Tokens{Good: "cdr_at_g", App: "cdr_at_a", NoScope: "cdr_at_n", Expired: "cdr_at_e", Revoked: "cdr_at_r", RestrictedMember: "cdr_at_m", OtherApp: "cdr_at_o"}}
	return Lines(f, c, p, time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)), c
}

// Every problem of the catalogue has its line, with the status of the profile, and a shell can read it.
func TestEveryProblemHasALine(t *testing.T) {
	for _, p := range []problem.Profile{problem.LinkedIn, problem.Standard} {
		lines, c := testLines(t, p)
		of := map[string]Line{}
		for _, l := range lines {
			name, _, _ := strings.Cut(l.Name, ",")
			if _, there := of[name]; !there {
				of[name] = l
			}
			if out, err := exec.Command("sh", "-n", "-c", l.Curl).CombinedOutput(); err != nil {
				t.Errorf("%s: %v: %s\n%s", l.Name, err, out, l.Curl)
			}
		}
		for _, typ := range problem.Types() {
			l, there := of[typ.Name()]
			if !there {
				t.Errorf("%s: %s has no line", p, typ)
				continue
			}
			example := problem.Example(typ)
			if want := c.Status(&example); l.Status != want && typ != problem.UpstreamClientError && typ != problem.UpstreamServerError {
				t.Errorf("%s: the line of %s expects %d, the catalogue says %d", p, typ, l.Status, want)
			}
		}
	}
}

func TestText(t *testing.T) {
	f := &File{API: "http://127.0.0.1:8080", WWW: "http://127.0.0.1:8081", Admin: "http://127.0.0.1:8082", Demo: "http://127.0.0.1:8083", Developers: []Developer{{Key: "cdr_dk_k"}}}
	got := string(text(f, "/tmp/x/sandbox.json", problem.LinkedIn, []Line{{"Good", "one", 200, "curl a"}, {"Bad", "two", 401, "curl b"}}, []string{"port 8080 is taken, so the API is at 127.0.0.1:8084"}))
	const want = `Candor sandbox, linkedin profile

  API    http://127.0.0.1:8080
  page   http://127.0.0.1:8081
  admin  http://127.0.0.1:8082
  demo   http://127.0.0.1:8083 (sign-in, consent, and what goes wrong)
  file   /tmp/x/sandbox.json (tokens in every state, apps, members)
  (port 8080 is taken, so the API is at 127.0.0.1:8084)

What became of a call, by the requestId of its answer:
  CANDOR_KEY=cdr_dk_k candor explain ID --server http://127.0.0.1:8081

Good
  200  one
       curl a

Bad
  401  two
       curl b

End it with Ctrl-C.
`
	if got != want {
		t.Errorf("got %s", got)
	}
}
