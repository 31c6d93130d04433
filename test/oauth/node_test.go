package oauth

import (
	"bufio"
	"encoding/json"
	"io"
	"maps"
	"os"
	"os/exec"
	"testing"
)

// nodeApp is a process that keeps an app written in JavaScript.
type nodeApp struct {
	in    io.Writer
	out   *bufio.Reader
	hello map[string]any
}

// startNode starts one, which ends with the test.
func startNode(t *testing.T, r *realm, args ...string) *nodeApp {
	t.Helper()
	process := exec.Command("node", args...)
	process.Env = append(os.Environ(), "NODE_EXTRA_CA_CERTS="+r.ca, "NODE_NO_WARNINGS=1", "NO_PROXY=*")
	process.Stderr = t.Output()
	in, err := process.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatalf("%v; type: hack/need node oauth", err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		_ = process.Process.Kill()
		_ = process.Wait()
	})
	a := &nodeApp{in: in, out: bufio.NewReader(out)}
	a.hello = a.hear(t).Got
	return a
}

func (a *nodeApp) do(t *testing.T, step string, args map[string]any) answer {
	t.Helper()
	said := map[string]any{"step": step}
	maps.Copy(said, args)
	line, err := json.Marshal(said)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.in.Write(append(line, '\n')); err != nil {
		t.Fatal(err)
	}
	return a.hear(t)
}

func (a *nodeApp) hear(t *testing.T) (got answer) {
	t.Helper()
	line, err := a.out.ReadBytes('\n')
	if err != nil {
		t.Fatalf("node has ended: %v; if modules are missing, type: hack/need node oauth", err)
	}
	if err := json.Unmarshal(line, &got); err != nil {
		t.Fatal(err)
	}
	return got
}
