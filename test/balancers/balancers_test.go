// Package balancers holds the tests with balancers of other people in front of Candor: nginx and haproxy, with each way in which they say for whom they call.
package balancers

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/server"
	"github.com/candor-gateway/candor/internal/testkit"
	"github.com/candor-gateway/candor/test/wire/stage"
)

// What every balancer says of the scheme, so that the client's word for it does not pass.
const (
	haproxyHTTP  = "mode http\n\thttp-request set-header X-Forwarded-Proto http\n\t"
	haproxyHTTPS = "mode http\n\thttp-request set-header X-Forwarded-Proto https\n\t"
	nginxProto   = "proxy_set_header X-Forwarded-Proto $scheme; proxy_set_header X-Forwarded-Host $host; "
)

const configuration = `
limits: {failed_credentials: 3}
upstreams: {api: "{{api}}"}
apps: [demo]
apis: [{name: api, preflight: refuse, routes: [/**]}]
`

// spoofed are the fields that a client sends to be taken for somebody else.
var spoofed = map[string]string{
	"X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9;proto=gopher;host=evil.example", "X-Real-Ip": "203.0.113.9", "X-Forwarded-Proto": "gopher",
}

func TestBalancers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		balancer
		front  string // of Candor's listeners, beside trusted_proxies
		client string // what the client speaks
		proto  string // what the API is told of that
	}{
		"haproxy, X-Forwarded-For":                {balancer{program: "haproxy", front: haproxyHTTP + "option forwardfor"}, "client_address: x-forwarded-for", "http", "http"},
		"haproxy, X-Forwarded-For, TLS":           {balancer{program: "haproxy", bind: "ssl crt {{pem}}", front: haproxyHTTPS + "option forwardfor", server: "ssl verify none", over: true}, "client_address: x-forwarded-for", "https", "https"},
		"haproxy, X-Forwarded-For, TLS ends":      {balancer{program: "haproxy", bind: "ssl crt {{pem}}", front: haproxyHTTPS + "option forwardfor"}, "client_address: x-forwarded-for", "https", "https"},
		"haproxy, Forwarded":                      {balancer{program: "haproxy", front: haproxyHTTP + "http-request add-header Forwarded for=%[src];proto=http"}, "client_address: forwarded", "http", "http"},
		"haproxy, Forwarded, TLS ends":            {balancer{program: "haproxy", bind: "ssl crt {{pem}}", front: haproxyHTTPS + `http-request add-header Forwarded "for=\"%[src]:%[src_port]\";proto=https;host=\"%[req.hdr(host)]\""`}, "client_address: forwarded", "https", "https"},
		"haproxy, PROXY 1":                        {balancer{program: "haproxy", front: "mode tcp", server: "send-proxy"}, "proxy_protocol: require", "http", "http"},
		"haproxy, PROXY 1, TLS passes":            {balancer{program: "haproxy", front: "mode tcp", server: "send-proxy", over: true}, "proxy_protocol: require", "https", "https"},
		"haproxy, PROXY 2":                        {balancer{program: "haproxy", front: "mode tcp", server: "send-proxy-v2"}, "proxy_protocol: require, client_address: proxy", "http", "http"},
		"haproxy, PROXY 2, TLS passes":            {balancer{program: "haproxy", front: "mode tcp", server: "send-proxy-v2", over: true}, "proxy_protocol: require", "https", "https"},
		"haproxy, PROXY 2, a checksum":            {balancer{program: "haproxy", front: "mode tcp", server: "send-proxy-v2 proxy-v2-options crc32c,unique-id"}, "proxy_protocol: require", "http", "http"},
		"haproxy, PROXY 2, TLS ends":              {balancer{program: "haproxy", bind: "ssl crt {{pem}}", front: "mode tcp", server: "send-proxy-v2-ssl"}, "proxy_protocol: require", "https", "https"},
		"haproxy, PROXY 2, TLS ends, HTTP":        {balancer{program: "haproxy", bind: "ssl crt {{pem}}", front: haproxyHTTPS, server: "send-proxy-v2-ssl"}, "proxy_protocol: require", "https", "https"},
		"haproxy, PROXY 2, TLS on both sides":     {balancer{program: "haproxy", bind: "ssl crt {{pem}}", front: "mode http", server: "ssl verify none send-proxy-v2-ssl-cn", over: true}, "proxy_protocol: require", "https", "https"},
		"haproxy, PROXY 2, with health checks":    {balancer{program: "haproxy", front: "mode tcp", server: "check inter 50ms send-proxy-v2 check-send-proxy"}, "proxy_protocol: require", "http", "http"},
		"nginx, X-Forwarded-For":                  {balancer{program: "nginx", front: nginxProto + "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;"}, "client_address: x-forwarded-for", "http", "http"},
		"nginx, X-Forwarded-For, TLS":             {balancer{program: "nginx", bind: "ssl", front: nginxProto + "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;", over: true}, "client_address: x-forwarded-for", "https", "https"},
		"nginx, X-Real-IP":                        {balancer{program: "nginx", front: nginxProto + "proxy_set_header X-Real-IP $remote_addr;"}, "client_address: x-real-ip", "http", "http"},
		"nginx, X-Real-IP, TLS ends":              {balancer{program: "nginx", bind: "ssl", front: nginxProto + "proxy_set_header X-Real-IP $remote_addr;"}, "client_address: x-real-ip", "https", "https"},
		"nginx, Forwarded":                        {balancer{program: "nginx", front: nginxProto + `proxy_set_header Forwarded "$http_forwarded, for=\"$remote_addr:$remote_port\";proto=$scheme";`}, "client_address: forwarded", "http", "http"},
		"nginx, PROXY 1":                          {balancer{program: "nginx-stream", front: "proxy_protocol on;"}, "proxy_protocol: require", "http", "http"},
		"nginx, PROXY 1, TLS passes":              {balancer{program: "nginx-stream", front: "proxy_protocol on;", over: true}, "proxy_protocol: require", "https", "https"},
		"nginx, keeps its connections to Candor":  {balancer{program: "nginx", front: nginxProto + "proxy_http_version 1.1; proxy_set_header Connection \"\"; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;"}, "client_address: x-forwarded-for", "http", "http"},
		"haproxy, X-Forwarded-For without a word": {balancer{program: "haproxy", front: "mode http\n\thttp-request del-header x-forwarded- -m beg\n\thttp-request del-header forwarded\n\toption forwardfor"}, "client_address: x-forwarded-for", "http", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api, told := echo(t)
			gate := stage.StartGate(t, configuration, stage.Words{"api": api, "front": ", trusted_proxies: [127.0.0.1], " + c.front}, server.Options{})
			to := gate.Plain
			if c.over {
				to = gate.TLS
			}
			at := c.client + "://" + c.start(t, to)
			for i, want := range []int{401, 401, 401, 429} {
				if got := call(t, from(2), fmt.Sprintf("%s/guess%d", at, i), "cdr_at_guessed"); got != want {
					t.Errorf("guess %d: %d, want %d", i, got, want)
				}
			}
			if got := call(t, from(3), at+"/other", "cdr_at_guessed"); got != 401 {
				t.Errorf("a guess from another address: %d", got)
			}
			token := gate.Mint("demo", "", 2*time.Hour).Token
			for i := range 3 {
				if got := call(t, from(4+i), fmt.Sprintf("%s/good%d", at, i), token); got != 200 {
					t.Errorf("a good call: %d", got)
				}
				seen := <-told
				if proto := schemeOf(seen); proto != c.proto {
					t.Errorf("the API was told of %q, want %q: %v", proto, c.proto, seen)
				}
				if said := fmt.Sprint(seen); strings.Contains(said, "203.0.113.9") || strings.Contains(said, "gopher") || !strings.Contains(said, from(4+i)) {
					t.Errorf("the API was told what the client made up, or not who it is: %v", seen)
				}
			}
			for target, client := range map[string]string{"/guess0": from(2), "/guess3": from(2), "/other": from(3), "/good0": from(4), "/good2": from(6)} {
				logs(t, gate, target, `"client":"`+client+`","peer":"127.0.0.1"`)
			}
		})
	}
}

// echo is an API that tells what fields came.
func echo(t *testing.T) (url string, told chan http.Header) {
	t.Helper()
	told = make(chan http.Header, 10)
	api := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { told <- r.Header }))
	t.Cleanup(api.Close)
	return api.URL, told
}

// schemeOf is what an API takes for the scheme that its client speaks: many read the first element of a list.
func schemeOf(h http.Header) string {
	if proto := h.Get("X-Forwarded-Proto"); proto != "" {
		return proto
	}
	first, _, _ := strings.Cut(h.Get("Forwarded"), ",")
	_, proto, _ := strings.Cut(first, "proto=")
	proto, _, _ = strings.Cut(proto, ";")
	return proto
}

// call makes a call from an address of this machine, with fields that name another, and returns its status.
func call(t *testing.T, local, url, token string) int {
	t.Helper()
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(local)}}
	transport := &http.Transport{
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			return dialer.DialContext(ctx, network, addr)
		},
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12},
	}
	defer transport.CloseIdleConnections()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range spoofed {
		request.Header.Set(name, value)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	a, err := (&http.Client{Transport: transport, Timeout: testkit.Patience}).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	_, _ = io.Copy(io.Discard, a.Body)
	return a.StatusCode
}

// logs waits for the line of a call, and looks whether it says text.
func logs(t *testing.T, gate *stage.Gate, target, text string) {
	t.Helper()
	target = `"target":"` + target + `"`
	if !gate.Logs(stage.ID, target) {
		t.Fatalf("no line has %s", target)
	}
	for _, line := range gate.Logged(stage.ID) {
		if strings.Contains(line, target) && !strings.Contains(line, text) {
			t.Errorf("logged %s, want %s", line, text)
		}
	}
}
