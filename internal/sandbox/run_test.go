package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/candor-gateway/candor/problem"
)

// Whatever a sandbox started has ended when it ends.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// box is a sandbox that runs for a test.
type box struct {
	File
	path    string
	printed string
	stop    func() error
}

// told is a writer that tells when it was written to.
type told chan string

func (t told) Write(b []byte) (int, error) { t <- string(b); return len(b), nil }

func runBox(t *testing.T, o Options) *box {
	t.Helper()
	o.API, o.WWW, o.Admin, o.Demo = "127.0.0.1:0", "127.0.0.1:0", "127.0.0.1:0", "127.0.0.1:0"
	if o.Now = time.Now; o.Log == nil {
		o.Log = quiet
	}
	ctx, cancel := context.WithCancel(t.Context())
	out, done := make(told, 1), make(chan error, 1)
	go func() { done <- Run(ctx, o, out) }()
	b := &box{stop: func() error { cancel(); return <-done }}
	select {
	case b.printed = <-out:
	case err := <-done:
		t.Fatal(err)
	}
	t.Cleanup(cancel)
	b.path = filepath.Join(o.Data, FileName)
	if o.Data == "" {
		b.path = regexp.MustCompile(`(?m)^  file   (\S+)`).FindStringSubmatch(b.printed)[1]
	}
	text, err := os.ReadFile(b.path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &b.File); err != nil {
		t.Fatal(err)
	}
	return b
}

// printedLine is one call as the sandbox prints it.
var printedLine = regexp.MustCompile(`(?m)^  (\d{3})  (.+)\n       (.+)$`)

// Every curl line that the sandbox prints does what it says, in both profiles.
func TestCurlLines(t *testing.T) {
	for _, p := range []problem.Profile{problem.LinkedIn, problem.Standard} {
		t.Run(p.String(), func(t *testing.T) {
			b := runBox(t, Options{Profile: p})
			lines := printedLine.FindAllStringSubmatch(b.printed, -1)
			if want := len(problem.Types()); len(lines) < want {
				t.Fatalf("%d lines for %d problems:\n%s", len(lines), want, b.printed)
			}
			t.Run("lines", func(t *testing.T) {
				for _, l := range lines {
					if strings.Contains(l[3], b.AdminToken) { // it changes what the others do
						continue
					}
					t.Run(l[2], func(t *testing.T) { t.Parallel(); checkLine(t, l[1], l[2], l[3]) })
				}
			})
			checkDirections(t, b, lines)
			if err := b.stop(); err != nil {
				t.Error(err)
			}
		})
	}
}

// checkDirections runs the lines that direct the sandbox, one after another.
func checkDirections(t *testing.T, b *box, lines [][]string) {
	t.Helper()
	n := 0
	for _, l := range lines {
		if strings.Contains(l[3], b.AdminToken) {
			n++
			t.Run(l[2], func(t *testing.T) { checkLine(t, l[1], l[2], l[3]) })
		}
	}
	if n != len(directions(&b.File)) {
		t.Errorf("%d lines direct the sandbox:\n%s", n, b.printed)
	}
}

// checkLine runs a line with curl and holds the last answer against the promise: status, and problem where the name is one's.
func checkLine(t *testing.T, status, name, line string) {
	t.Helper()
	out, err := exec.Command("sh", "-c", line+" -sS -m 20 -o /dev/null -D - -w '%{http_code}'").CombinedOutput()
	name, _, _ = strings.Cut(name, ",")
	if err != nil && name != "half an answer" {
		t.Errorf("%v", err)
	}
	if got := string(out[max(0, len(out)-3):]); got != status && name != "half an answer" {
		t.Errorf("status %s, want %s", got, status)
	}
	if name == "half an answer" && (err == nil || !bytes.HasPrefix(out, []byte("HTTP/1.1 200 "))) {
		t.Errorf("got a whole answer, %v", err)
	}
	if _, known := problem.ByName(name); known {
		said := regexp.MustCompile(`(?mi)^candor-problem: ([a-z0-9_]+)`).FindAllSubmatch(out, -1)
		if len(said) == 0 || string(said[len(said)-1][1]) != name {
			t.Errorf("no Candor-Problem: %s", name)
		}
	}
	if t.Failed() {
		t.Logf("%s\n%s", line, out)
	}
}

// A sandbox keeps its folder between two runs, takes its file back, and leaves what is not its own.
func TestFolder(t *testing.T) {
	dir := t.TempDir()
	mine := filepath.Join(dir, "mine.txt")
	if err := os.WriteFile(mine, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, FileName), []byte(`{"api":"http://stale"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	first := runBox(t, Options{Data: dir, Profile: problem.LinkedIn, JSON: true})
	if info, err := os.Stat(first.path); err != nil || info.Mode() != 0o600 {
		t.Errorf("%v, %v; want a file of mode 0600", info, err)
	}
	if text, _ := os.ReadFile(first.path); string(text) != first.printed {
		t.Error("--json prints something else than the file")
	}
	second := Options{API: "127.0.0.1:0", WWW: "127.0.0.1:0", Admin: "127.0.0.1:0", Demo: "127.0.0.1:0", Data: dir, Profile: problem.LinkedIn, Now: time.Now, Log: quiet}
	if err := Run(t.Context(), second, &bytes.Buffer{}); err == nil {
		t.Error("two sandboxes run in one folder")
	}
	if text, _ := os.ReadFile(first.path); string(text) != first.printed {
		t.Error("a start that failed has taken the file of the sandbox that runs")
	}
	if err := first.stop(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(first.path); !os.IsNotExist(err) {
		t.Errorf("the file is still there: %v", err)
	}

	again := runBox(t, Options{Data: dir, Profile: problem.LinkedIn})
	if again.Tokens == first.Tokens {
		t.Error("the tokens were not minted again")
	}
	for name, want := range map[string]struct {
		token  string
		status int
	}{
		"good": {again.Tokens.Good, 200}, "good of before": {first.Tokens.Good, 200}, "revoked": {again.Tokens.Revoked, 401},
		"restricted": {again.Tokens.RestrictedMember, 401}, "expired": {again.Tokens.Expired, 401}, "other app": {again.Tokens.OtherApp, 200},
	} {
		if got := statusOf(t, again.API+"/v2/me", want.token); got != want.status {
			t.Errorf("%s token: %d, want %d", name, got, want.status)
		}
	}
	for _, url := range []string{again.Demo + "/failures", again.WWW + "/sign-in"} { // there when all accounts and codes are
		if got := statusOf(t, url, ""); got != 200 {
			t.Errorf("%s: %d", url, got)
		}
	}
	if err := again.stop(); err != nil {
		t.Error(err)
	}
	if b, err := os.ReadFile(mine); err != nil || string(b) != "mine" {
		t.Errorf("a file that is not ours: %q, %v", b, err)
	}
}

// A temporary folder is gone at the end.
func TestTemporaryFolder(t *testing.T) {
	b := runBox(t, Options{Profile: problem.LinkedIn})
	if err := b.stop(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Dir(b.path)); !os.IsNotExist(err) {
		var left []string
		_ = filepath.WalkDir(filepath.Dir(b.path), func(p string, _ fs.DirEntry, _ error) error { left = append(left, p); return nil })
		t.Errorf("left behind: %v", left)
	}
}

// The page is there, with the pictures that the API points to.
func TestPageOfARunningSandbox(t *testing.T) {
	b := runBox(t, Options{Profile: problem.LinkedIn})
	type claims struct{ Sub, Name, Picture string }
	var got claims
	r, _ := http.NewRequest(http.MethodGet, b.API+"/v2/userinfo", http.NoBody)
	r.Header.Set("Authorization", "Bearer "+b.Tokens.Good)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}
	want := claims{b.Members[1].ID, b.Members[1].Name, b.WWW + "/pictures/" + b.Members[1].ID + ".svg"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	for url, status := range map[string]int{b.WWW + "/": 200, got.Picture: 200, b.WWW + "/nothing": 404} {
		if s := statusOf(t, url, ""); s != status {
			t.Errorf("%s: %d, want %d", url, s, status)
		}
	}
	if err := b.stop(); err != nil {
		t.Error(err)
	}
}

// A fault that was asked for counts nothing, and a real call after it is served as ever.
func TestFaultsCountNothing(t *testing.T) {
	b := runBox(t, Options{Profile: problem.LinkedIn})
	url := b.API + "/v2/connections?q=viewer"
	for range 6 {
		if s := statusOf(t, url, b.Tokens.Good, FaultHeader+": access_denied"); s != 403 {
			t.Errorf("fault: %d, want 403", s)
		}
	}
	want := []int{200, 200, 200, 200, 200, 429}
	var got []int
	for range want {
		got = append(got, statusOf(t, url, b.Tokens.Good))
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if err := b.stop(); err != nil {
		t.Error(err)
	}
}

func statusOf(t *testing.T, url, token string, fields ...string) int {
	t.Helper()
	args := []string{"-sS", "-m", "10", "-o", "/dev/null", "-w", "%{http_code}", url}
	for _, f := range fields {
		args = append(args, "-H", f)
	}
	if token != "" {
		args = append(args, "-H", "Authorization: Bearer "+token)
	}
	out, err := exec.Command("curl", args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	n, _ := strconv.Atoi(string(out))
	return n
}

// BenchmarkStart is a sandbox from nothing to its first answer and back.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		ctx, cancel := context.WithCancel(b.Context())
		out, done := make(told, 1), make(chan error, 1)
		o := Options{API: "127.0.0.1:0", WWW: "127.0.0.1:0", Admin: "127.0.0.1:0", Demo: "127.0.0.1:0", Profile: problem.LinkedIn, JSON: true, Now: time.Now, Log: quiet}
		go func() { done <- Run(ctx, o, out) }()
		select {
		case <-out:
		case err := <-done:
			b.Fatal(err)
		}
		cancel()
		if err := <-done; err != nil {
			b.Fatal(err)
		}
	}
}
