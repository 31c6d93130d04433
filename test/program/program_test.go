// Package program_test runs the built program as people run it: scripts of commands, what they
// print, and their exit codes.
package program_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/candor-gateway/candor/internal/testkit"
)

func TestMain(m *testing.M) {
	os.Exit(runWithProgram(m))
}

// runWithProgram builds the program and puts it first in PATH.
func runWithProgram(m *testing.M) int {
	dir, err := os.MkdirTemp("", "candor-program-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	name := "candor"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	build := exec.Command("go", "build", "-o", filepath.Join(dir, name), "../../cmd/candor")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build candor: %v\n%s", err, out)
		return 1
	}
	if err := os.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH")); err != nil {
		panic(err)
	}
	return m.Run()
}

// lookAtSources lets the go command know what the program is made of, so that it does not take a
// result from its cache when that has changed.
func lookAtSources() error {
	return filepath.WalkDir("../..", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && entry.Name() != "..":
			return filepath.SkipDir
		case entry.IsDir():
			return nil
		}
		_, err = os.Stat(path)
		return err
	})
}

func TestScripts(t *testing.T) {
	if err := lookAtSources(); err != nil {
		t.Fatal(err)
	}
	examples, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			env.Setenv("EXAMPLES", examples)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":    exits,
			"freeport": freeport,
			"upstream": upstream,
			"failing":  failing,
			"answers":  answers,
			"bearer":   bearer,
			"captures": captures,
			"signal":   signal,
			"sandbox":  sandbox,
			"address":  address,
			"taken":    taken,
		},
	})
}

// exits CODE PROGRAM ARG… runs a program that must end with that code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARG...")
	}
	code := 0
	var failed *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &failed) {
		code = failed.ExitCode()
	} else if err != nil {
		ts.Fatalf("run %s: %v", args[1], err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

// freeport NAME… sets each variable to an address that nothing listens on.
func freeport(ts *testscript.TestScript, neg bool, args []string) {
	for _, name := range args {
		address, err := testkit.FreeAddress()
		ts.Check(err)
		ts.Setenv(name, address)
	}
}

// upstream NAME starts an API that tells what it was asked, and sets the variable to its URL.
func upstream(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: upstream NAME")
	}
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/kept") {
			w.Header().Set("Cache-Control", "max-age=600")
		}
		fmt.Fprintf(w, "%s %s app=%s member=%s\n", r.Method, r.URL, r.Header.Get("Candor-App"), r.Header.Get("Candor-Member"))
	}))
	ts.Defer(api.Close)
	ts.Setenv(args[0], api.URL)
}

// failing NAME starts an API that answers each path of three digits with that status, and sets the variable to its URL.
func failing(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: failing NAME")
	}
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Date"] = nil
		status, err := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/"))
		if err != nil {
			fmt.Fprintf(w, "%s for=%s hops=%s host=%t\n", r.URL, r.Header.Get("X-Forwarded-For"), r.Header.Get("Candor-Hops"), "http://"+r.Host == ts.Getenv(args[0]))
			return
		}
		w.Header().Set("Content-Type", "application/json")
		if status == 201 {
			w.Header().Set("Location", "http://"+r.Host+"/made")
		}
		w.WriteHeader(status)
		if status == 422 {
			_, _ = io.WriteString(w, `{"error":{"code":"bad_card","message":"Your card was declined"}}`)
		}
	}))
	ts.Defer(api.Close)
	ts.Setenv(args[0], api.URL)
}

// signals are those that a script can send.
var signals = map[string]os.Signal{"HUP": syscall.SIGHUP, "INT": syscall.SIGINT, "TERM": syscall.SIGTERM}

// signal NAME sends a signal to the program in the background.
func signal(ts *testscript.TestScript, neg bool, args []string) {
	running := ts.BackgroundCmds()
	if neg || len(args) != 1 || signals[args[0]] == nil || len(running) != 1 {
		ts.Fatalf("usage: signal HUP|INT|TERM, with one program in the background")
	}
	ts.Check(running[0].Process.Signal(signals[args[0]]))
}

// sandbox DIR waits for a sandbox with that data folder, and sets what its sandbox.json says.
func sandbox(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: sandbox DIR")
	}
	var said struct {
		API, WWW, Admin, Demo string
		Tokens                struct{ Good, Expired string }
	}
	eventually(ts, "there is no sandbox.json", func(context.Context) bool {
		text, err := os.ReadFile(filepath.Join(ts.MkAbs(args[0]), "sandbox.json"))
		return err == nil && json.Unmarshal(text, &said) == nil
	})
	ts.Setenv("API", said.API)
	ts.Setenv("WWW", said.WWW)
	ts.Setenv("ADMIN", said.Admin)
	ts.Setenv("DEMO", said.Demo)
	ts.Setenv("GOOD", "Authorization: Bearer "+said.Tokens.Good)
	ts.Setenv("EXPIRED", "Authorization: Bearer "+said.Tokens.Expired)
}

// address NAME URL sets the variable to the address in a URL.
func address(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: address NAME URL")
	}
	ts.Setenv(args[0], strings.TrimPrefix(args[1], "http://"))
}

// taken NAME FILE EXPRESSION sets the variable to what the first group of the expression finds in a file, or in stdout.
func taken(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: taken NAME FILE EXPRESSION")
	}
	found := regexp.MustCompile(args[2]).FindStringSubmatch(ts.ReadFile(args[1]))
	if len(found) < 2 {
		ts.Fatalf("%s has no %s", args[1], args[2])
	}
	ts.Setenv(args[0], found[1])
}

// eventually asks until the answer is yes.
func eventually(ts *testscript.TestScript, otherwise string, ask func(context.Context) bool) {
	ctx, cancel := context.WithTimeout(context.Background(), testkit.Patience)
	defer cancel()
	if !testkit.Comes(func() bool { return ask(ctx) }) {
		ts.Fatalf("%s", otherwise)
	}
}

// bearer NAME FILE sets the variable to the header field that sends the token in the file.
func bearer(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: bearer NAME FILE")
	}
	ts.Setenv(args[0], "Authorization: Bearer "+strings.TrimSpace(ts.ReadFile(args[1])))
}

// answers STATUS URL [NAME: VALUE]… asks until the answer has that status, and leaves its body in
// the file answer.
func answers(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: answers STATUS URL [NAME: VALUE]..., of which :method is no field")
	}
	last := ""
	eventually(ts, args[1]+" never answered "+args[0], func(ctx context.Context) bool {
		status, body := ask(ctx, args[1], args[2:])
		if last != status {
			last = status
			ts.Logf("%s: %s %s", args[1], status, body)
		}
		if status == args[0] {
			ts.Check(os.WriteFile(ts.MkAbs("answer"), body, 0o600))
		}
		return status == args[0]
	})
}

func ask(ctx context.Context, url string, fields []string) (status string, body []byte) {
	req, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		return err.Error(), nil
	}
	for _, f := range fields {
		name, value, _ := bytes.Cut([]byte(f), []byte(": "))
		if string(name) == ":method" {
			req.Method = string(value)
			continue
		}
		req.Header.Set(string(name), string(value))
		req.Host = req.Header.Get("Host") // "" is the URL's
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		return err.Error(), nil
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(resp.Body)
	if err != nil {
		return err.Error(), nil
	}
	return strconv.Itoa(resp.StatusCode), body
}
