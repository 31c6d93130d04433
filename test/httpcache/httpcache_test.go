// Package httpcache puts Candor with a shared cache between the client and the origin of http-cache-tests (https://cache-tests.fyi), on loopback. What a cache must do, it
// does; of the rest, testdata/other.txt says what it does otherwise, so that a change is seen.
package httpcache

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/server"
)

var (
	update = flag.Bool("update", false, "write testdata/other.txt")
	one    = flag.String("id", "", "run this test of http-cache-tests alone, and show each call")
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// configuration has the origin behind a cache. set_cookie is on since that is what the tests take for granted; nobody here has credentials to keep apart.
const configuration = `
data: none
listeners: [{address: "127.0.0.1:0"}]
admin: off
log: {access: off}
drain: {delay: 0s}
upstreams: {origin: "http://{{origin}}"}
apis:
  - credentials: public
    headers: off
    cache: {mode: shared, set_cookie: true}
    routes: [/**]
`

// result is what became of a test.
type result struct {
	Suite, ID, Name string
	Kind            string // required; optimal: caches may, to be of more use; check: what is it that this one does?
	Depends         []string
	Failed          string // why; "": it did not
}

func TestAsACacheMust(t *testing.T) {
	t.Parallel()
	url := candorBefore(t, startOrigin(t))
	if *one != "" {
		t.Logf("%s", run(t, url, "--dump", *one))
		return
	}
	all := read(t, run(t, url))
	known := knownToFail(t)
	if again := all.unlike(known); len(again) > 0 {
		t.Log("tried again:", again) // the tests wait for seconds to pass, and on a busy machine more pass
		all.take(read(t, run(t, url, again...)))
	}
	count := map[string]int{}
	var others strings.Builder
	for _, r := range all {
		count[r.Kind]++
		switch {
		case r.Failed == "":
		case r.Kind == "required" && all.ask(r) && cannotBe[r.ID] != r.Failed:
			t.Errorf("%s/%s: %s\n\t%s; see its calls: go test ./test/httpcache -id %s -v", r.Suite, r.ID, r.Name, r.Failed, r.ID)
		default:
			fmt.Fprintf(&others, "%-8s %s/%s: %s\n", r.Kind, r.Suite, r.ID, strings.Join(strings.Fields(r.Name), " "))
		}
	}
	if want := map[string]int{"required": 157, "optimal": 86, "check": 86}; !maps.Equal(count, want) {
		t.Errorf("%v tests were run, and there are %v", count, want)
	}
	compare(t, others.String())
}

// legend begins testdata/other.txt.
const legend = `# Tests of http-cache-tests 0.4.5 that fail here and need not pass: "optimal" ones ask for what makes a cache more useful, "check" ones ask how a cache
# behaves where both is right, and "required" ones stand on one of these, and so are not asked, or cannot be brought about at all: see cannotBe.
# go test ./test/httpcache -update writes this file.

`

// cannotBe are required tests that end before they begin, and how.
var cannotBe = map[string]string{
	// The origin sends a transfer coding that nobody knows. Such an answer cannot be told where it ends, so it is none to Candor, and nothing of it is kept.
	"headers-store-Transfer-Encoding": "Setup: Response 1 status is 502, not 200",
}

// results are all, in the order of their suites.
type results []*result

func (all results) find(id string) *result {
	for _, r := range all {
		if r.ID == id {
			return r
		}
	}
	return nil
}

// ask reports whether a test asks something here: as the pages of the suite have it, not where one that it stands on fails.
func (all results) ask(r *result) bool {
	for _, id := range r.Depends {
		if on := all.find(id); on == nil || on.Failed != "" || !all.ask(on) {
			return false
		}
	}
	return true
}

// unlike are the ids of those that end otherwise than is known.
func (all results) unlike(known map[string]bool) (ids []string) {
	for _, r := range all {
		if (r.Failed != "") != known[r.Suite+"/"+r.ID] {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

// take puts what came of a second try in the place of the first.
func (all results) take(again results) {
	for _, r := range again {
		*all.find(r.ID) = *r
	}
}

// other is what fails and need not pass.
const other = "testdata/other.txt"

// knownToFail are the suites and ids in it.
func knownToFail(t *testing.T) map[string]bool {
	t.Helper()
	text, err := os.ReadFile(other)
	if err != nil && !*update {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		if words := strings.Fields(line); len(words) > 1 && words[0] != "#" {
			known[strings.TrimSuffix(words[1], ":")] = true
		}
	}
	return known
}

func compare(t *testing.T, got string) {
	t.Helper()
	got = legend + got
	if *update {
		if err := os.WriteFile(other, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(other)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("what fails and need not pass has changed (-want +got); -update writes it:\n%s", diff)
	}
}

// startOrigin starts the origin, and returns its address.
func startOrigin(t *testing.T) string {
	t.Helper()
	origin := exec.Command("node", "--no-warnings", "testdata/origin.mjs")
	if *one != "" {
		origin.Stderr = t.Output()
	}
	stop, err := origin.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := origin.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err = origin.Start(); err != nil {
		t.Fatalf("start the origin: %v; type: hack/need node httpcache", err)
	}
	t.Cleanup(func() {
		_ = stop.Close()
		_ = origin.Wait()
	})
	port, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the origin does not say its port: %v; type: hack/need node httpcache", err)
	}
	return "127.0.0.1:" + strings.TrimSpace(port)
}

// candorBefore starts Candor before an origin, and returns its URL.
func candorBefore(t *testing.T, origin string) string {
	t.Helper()
	text := strings.ReplaceAll(configuration, "{{origin}}", origin)
	cfg, err := config.Parse(filepath.Join(t.TempDir(), "candor.yaml"), []byte(text), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	s, err := server.Start(t.Context(), cfg, server.Options{Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError})), Stdout: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Shutdown(t.Context()); err != nil {
			t.Errorf("shut down: %v", err)
		}
	})
	return "http://" + s.APIAddrs()[0]
}

// run runs the tests through the cache at a URL, and returns what it says.
func run(t *testing.T, url string, args ...string) []byte {
	t.Helper()
	client := exec.Command("node", append([]string{"--no-warnings", "testdata/client.mjs", url}, args...)...)
	client.Stderr = t.Output()
	out, err := client.Output()
	if err != nil {
		t.Fatalf("run the tests: %v; type: hack/need node httpcache", err)
	}
	return out
}

// read reads results, a line each.
func read(t *testing.T, lines []byte) (all results) {
	t.Helper()
	for line := range bytes.Lines(lines) {
		r := &result{}
		if err := json.Unmarshal(line, r); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		all = append(all, r)
	}
	slices.SortStableFunc(all, func(a, b *result) int { return strings.Compare(a.Suite+"/"+a.ID, b.Suite+"/"+b.ID) })
	return all
}
