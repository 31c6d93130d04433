package balancers

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/candor-gateway/candor/internal/testkit"
)

// balancer is a balancer of other people in front of Candor.
type balancer struct {
	program string // haproxy, nginx or nginx-stream
	bind    string // how it listens, beside its address: over TLS by {{pem}}
	front   string // what it does with a call
	server  string // how it speaks to Candor, beside its address
	over    bool   // it speaks TLS with Candor, or lets that of its clients pass
}

const haproxyConf = `
global
	maxconn 100
defaults
	timeout connect 5s
	timeout client 30s
	timeout server 30s
listen all
	bind {{address}} {{bind}}
	{{front}}
	server candor {{to}} {{server}}
`

const nginxConf = `
daemon off;
master_process off;
pid nginx.pid;
error_log stderr;
events {}
http {
	access_log off;
	client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
	server {
		listen {{address}} {{bind}};
		ssl_certificate {{cert}}; ssl_certificate_key {{key}};
		location / { proxy_pass {{scheme}}://{{to}}; {{front}} }
	}
}
`

const nginxStreamConf = `
load_module /usr/lib/nginx/modules/ngx_stream_module.so;
daemon off;
master_process off;
pid nginx.pid;
error_log stderr;
events {}
stream {
	server { listen {{address}}; proxy_pass {{to}}; {{front}} }
}
`

// host is an address of this machine that no other test listens on: neither can be given a port that is bound already.
const host = "127.83.0.2:0"

// start starts the balancer before the address to, and returns its own.
func (b *balancer) start(t *testing.T, to string) string {
	t.Helper()
	l, err := net.Listen("tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	address, dir := l.Addr().String(), t.TempDir()
	_ = l.Close()
	issued := testkit.SelfSigned(t, "api", []string{"api", "localhost"})
	cert, key := issued.Files(t)
	pem := filepath.Join(dir, "both.pem")
	write(t, pem, issued.PEM()+issued.KeyPEM(t))
	scheme := "http"
	if b.over {
		scheme = "https"
	}
	conf, name, arguments := nginxConf, "nginx", []string{"-p", dir, "-c", "conf", "-e", "stderr"}
	switch b.program {
	case "haproxy":
		conf, name, arguments = haproxyConf, "haproxy", []string{"-db", "-f", filepath.Join(dir, "conf")}
	case "nginx-stream":
		conf = nginxStreamConf
	}
	conf = strings.NewReplacer("{{bind}}", b.bind, "{{front}}", b.front, "{{server}}", b.server).Replace(conf)
	write(t, filepath.Join(dir, "conf"), strings.NewReplacer(
		"{{address}}", address, "{{to}}", to, "{{scheme}}", scheme, "{{cert}}", cert, "{{key}}", key, "{{pem}}", pem).Replace(conf))
	run(t, name, arguments...)
	testkit.Until(t, b.program+" listens", func() bool {
		c, err := net.Dial("tcp", address)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	})
	return address
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// run runs a program until the test's end.
func run(t *testing.T, name string, arguments ...string) {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		path = "/usr/sbin/" + name // of no user's path but root's
	}
	program := exec.Command(path, arguments...)
	program.Stderr = t.Output()
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = program.Process.Kill()
		_ = program.Wait()
	})
}

// from is an address of this machine from which a client calls.
func from(n int) string { return fmt.Sprintf("127.0.0.%d", n) }
