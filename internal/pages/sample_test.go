package pages

import (
	"context"
	"fmt"
	gofmt "go/format"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// flaky is an API that fails as its script says before it succeeds. It notes the calls.
type flaky struct {
	mu     sync.Mutex
	script []reply
	calls  []string
	at     []time.Time
}

// reply is one failure.
type reply struct {
	status     int
	retryAfter string
	applied    string
}

func (f *flaky) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls, f.at = append(f.calls, r.Method+" "+r.Header.Get("Authorization")), append(f.at, time.Now())
	if len(f.calls) > len(f.script) {
		fmt.Fprint(w, `{"ok":true}`)
		return
	}
	now := f.script[len(f.calls)-1]
	switch now.retryAfter {
	case "":
	case aDate:
		at := time.Now().UTC()
		w.Header().Set("Date", at.Format(http.TimeFormat))
		w.Header().Set("Retry-After", at.Add(2*time.Second).Format(http.TimeFormat))
	default:
		w.Header().Set("Retry-After", now.retryAfter)
	}
	w.WriteHeader(now.status)
	fmt.Fprintf(w, `{"status":%d,"applied":%q}`, now.status, now.applied)
}

// aDate stands for a Retry-After that is one, two seconds behind the answer's own.
const aDate = "a date"

// leasts are how long at the least is waited after a Retry-After. curl takes a date by its own clock, and whole seconds of that.
var leasts = map[string]time.Duration{"1": time.Second, aDate: time.Second}

// commands are how each sample is run with a method and a URL. curl's counts on methods that only read.
var commands = map[string]func(dir, method, url string) []string{
	"curl": func(dir, _, _ string) []string { return []string{"sh", filepath.Join(dir, "retry.sh")} },
	"Go":   func(dir, method, url string) []string { return []string{filepath.Join(dir, "retry"), method, url} },
	"JavaScript": func(dir, method, url string) []string {
		return []string{"node", filepath.Join(dir, "retry.mjs"), method, url}
	},
	"Python": func(dir, method, url string) []string {
		return []string{"python3", filepath.Join(dir, "retry.py"), method, url}
	},
}

// TestSamples runs what the pages show against an API that fails first: each waits as it is told, repeats what may be repeated and nothing else.
func TestSamples(t *testing.T) {
	t.Parallel()
	unknown, no := "unknown", "no"
	for _, s := range samples() {
		t.Run(s.Language, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, s.File), []byte(s.Code), 0o600); err != nil {
				t.Fatal(err)
			}
			if s.Language == "Go" {
				build(t, dir, s)
			}
			for _, c := range []struct {
				name, method string
				script       []reply
				calls        int
				fails        bool
			}{
				{"it fails and then succeeds", "GET", []reply{{429, "1", no}, {504, "", unknown}}, 3, false},
				{"a refusal is for good", "GET", []reply{{404, "", no}}, 1, true},
				{"a POST that may have taken effect", "POST", []reply{{502, "", unknown}}, 1, true},
				{"a POST that has not", "POST", []reply{{502, "", no}}, 2, false},
				{"a POST that was turned away", "POST", []reply{{503, "", no}}, 2, false},
				{"a date", "GET", []reply{{503, aDate, no}}, 2, false},
				{"a wait that means nothing", "GET", []reply{{503, "in a little while", no}, {503, "-5", no}}, 3, false},
				{"a limit of tomorrow", "GET", []reply{{429, "7200", no}}, 1, true},
			} {
				if s.Language == "curl" && c.method != "GET" {
					continue
				}
				t.Run(c.name, func(t *testing.T) { runSample(t, s, dir, c.method, c.script, c.calls, c.fails) })
			}
		})
	}
}

func runSample(t *testing.T, s sample, dir, method string, script []reply, calls int, fails bool) {
	t.Helper()
	api := &flaky{script: script}
	server := httptest.NewServer(api)
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	args := commands[s.Language](dir, method, server.URL)
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "TOKEN=geheim", "URL="+server.URL, "NO_PROXY=*")
	out, err := cmd.CombinedOutput()
	if (err != nil) != fails || ctx.Err() != nil {
		t.Fatalf("%v: %s", err, out)
	}
	want := make([]string, calls)
	for i := range want {
		want[i] = method + " Bearer geheim"
	}
	if diff := cmp.Diff(want, api.calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	for i := 1; i < len(api.at); i++ {
		if wait, after := api.at[i].Sub(api.at[i-1]), script[i-1].retryAfter; wait < leasts[after] {
			t.Errorf("it was told to wait (%s) and waited %v", after, wait)
		}
	}
	if s.Language == "curl" {
		if out, err = os.ReadFile(filepath.Join(dir, "answer.json")); err != nil {
			t.Fatal(err)
		}
	}
	if !fails && strings.TrimSpace(string(out)) != `{"ok":true}` {
		t.Errorf("it shows %s", out)
	}
}

// build makes a program of Go's sample, which is formatted as Go's tools format.
func build(t *testing.T, dir string, s sample) {
	t.Helper()
	formatted, err := gofmt.Source([]byte(s.Code))
	if err != nil || string(formatted) != s.Code {
		t.Errorf("gofmt would change the sample: %v", err)
	}
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(dir, "retry"), filepath.Join(dir, s.File))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}
