package adopt

import (
	"bufio"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/candor-gateway/candor/internal/testkit"
)

// kind is an upstream as others write them.
type kind string

const (
	golang kind = "Go"
	node   kind = "Node"   // express
	python kind = "Python" // with HTTP/1.0, as its library does unless told otherwise
	newer  kind = "Python with HTTP 1.1"
	nginx  kind = "nginx"
)

var kinds = []kind{golang, node, python, newer, nginx}

// start starts one and returns its address.
func (k kind) start(t *testing.T) string {
	t.Helper()
	switch k {
	case golang:
		api := exec.Command(os.Args[0])
		api.Env = append(os.Environ(), asAPI+"=1")
		return untilStdinEnds(t, api)
	case node:
		return untilStdinEnds(t, exec.Command("node", "testdata/node.js"))
	case python:
		return untilStdinEnds(t, exec.Command("python3", "testdata/python.py", "HTTP/1.0"))
	case newer:
		return untilStdinEnds(t, exec.Command("python3", "testdata/python.py", "HTTP/1.1"))
	case nginx:
	}
	return startNginx(t)
}

// untilStdinEnds starts a server that prints its port.
func untilStdinEnds(t *testing.T, server *exec.Cmd) string {
	t.Helper()
	server.Stderr = t.Output()
	stop, err := server.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err = server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = stop.Close()
		_ = server.Wait()
	})
	port, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("%v does not say its port: %v; type: hack/need node python3 adopt", server.Args, err)
	}
	return "127.0.0.1:" + strings.TrimSpace(port)
}

// nginxHost is an address of this machine that no other test listens on: nginx cannot be given a port that is bound already.
const nginxHost = "127.83.0.3:0"

func startNginx(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", nginxHost)
	if err != nil {
		t.Fatal(err)
	}
	address, dir := l.Addr().String(), t.TempDir()
	_ = l.Close()
	site, err := filepath.Abs("testdata/site")
	if err != nil {
		t.Fatal(err)
	}
	conf, err := os.ReadFile("testdata/nginx.conf")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer("{{address}}", address, "{{site}}", site).Replace(string(conf))
	if err = os.WriteFile(filepath.Join(dir, "nginx.conf"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	path, err := exec.LookPath("nginx")
	if err != nil {
		path = "/usr/sbin/nginx" // of no user's path but root's
	}
	server := exec.Command(path, "-p", dir, "-c", "nginx.conf", "-e", "stderr")
	server.Stderr = t.Output()
	runs(t, server)
	listens(t, address)
	return address
}

// runs starts a program that is killed with the test.
func runs(t *testing.T, program *exec.Cmd) {
	t.Helper()
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = program.Process.Kill()
		_ = program.Wait()
	})
}

func listens(t *testing.T, address string) {
	t.Helper()
	testkit.Until(t, address+" listens", func() bool {
		c, err := net.Dial("tcp", address)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	})
}
