package gateway

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/http/httputil"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/testkit"
)

// frame is one of gRPC-web.
func frame(flags byte, payload string) string {
	return string(binary.BigEndian.AppendUint32([]byte{flags}, uint32(len(payload)))) + payload
}

// TestSinkOfGRPCWeb: the trailers at the end of a body in gRPC-web are read while it passes, whatever its pieces are; the body itself passes as it came.
func TestSinkOfGRPCWeb(t *testing.T) {
	t.Parallel()
	const web, text = "application/grpc-web+proto", "Application/gRPC-web-text"
	message := frame(0, "hello") + frame(0, "") + frame(1, strings.Repeat("z", 300))
	denied := frame(0x80, "grpc-status: 16\r\ngrpc-message: no%20token\r\n")
	coded := base64.StdEncoding.EncodeToString
	for name, c := range map[string]struct {
		kind, fields, body string
		status, message    string
	}{
		"trailers alone":              {web, "", denied, "16", "no%20token"},
		"trailers behind messages":    {web, "", message + denied, "16", "no%20token"},
		"messages in JSON":            {"application/grpc-web+json", "", message + denied, "16", "no%20token"},
		"a good end":                  {web + "; x=y", "", message + frame(0x80, "grpc-status:0\r\n"), "0", ""},
		"in another case, bare ends":  {"application/grpc-web", "", frame(0x80, "Grpc-Message:\tx y \nGRPC-STATUS:5"), "5", "x y"},
		"a message that is no status": {web, "", frame(0, "grpc-status: 16\r\n"), "", ""},
		"the first trailers count":    {web, "", denied + frame(0x80, "grpc-status: 0\r\n"), "16", "no%20token"},
		"the trailers before the head": {
			web, "grpc-status: 0\r\n", denied, "16", "no%20token",
		},
		"the head alone":          {web, "grpc-status: 7\r\ngrpc-message: no\r\n", "", "7", "no"},
		"compressed trailers":     {web, "", frame(0x81, "grpc-status: 16\r\n"), "", ""},
		"trailers that break off": {web, "", denied[:len(denied)-1], "", ""},
		"a coding":                {web, "Content-Encoding: br\r\n", denied, "", ""},
		"no coding":               {web, "Content-Encoding: identity\r\n", denied, "16", "no%20token"},
		"another type":            {"application/grpc-website", "", denied, "", ""},
		"in base64":               {text, "", coded([]byte(message + denied)), "16", "no%20token"},
		"in base64, frame by frame": {
			text + "+proto", "", coded([]byte(message)) + coded([]byte(frame(0, "ab"))) + coded([]byte(denied)), "16", "no%20token",
		},
		"no base64":         {text, "", "****" + coded([]byte(denied)), "", ""},
		"trailers too long": {web, "", frame(0x80, "grpc-status: 3\r\ngrpc-message: "+strings.Repeat("x", 9000)), "3", strings.Repeat("x", maxSeen-len("grpc-status: 3\r\ngrpc-message: "))},
	} {
		for _, size := range []int{1, 7, 1 << 20} {
			if size == 1 && len(c.body) > 1000 {
				continue
			}
			t.Run(fmt.Sprintf("%s in pieces of %d", name, size), func(t *testing.T) {
				t.Parallel()
				p, g := untouched(), &glass{}
				p.Options.Sink = g
				chunks := ""
				for rest := c.body; rest != ""; {
					n := min(size, len(rest))
					chunks += fmt.Sprintf("%x\r\n%s\r\n", n, rest[:n])
					rest = rest[n:]
				}
				h := p.open(t, answering("HTTP/1.1 200 OK\r\nContent-Type: "+c.kind+"\r\n"+c.fields+"Transfer-Encoding: chunked\r\n\r\n"+chunks+"0\r\n\r\n"))
				client := h.dial(t)
				client.send("POST /p.S/M HTTP/1.1\r\nHost: a.example\r\nContent-Length: 0\r\n\r\n")
				if got, err := io.ReadAll(httputil.NewChunkedReader(strings.NewReader(client.read().body))); err != nil || string(got) != c.body {
					t.Errorf("the caller got %.200q, %v", got, err)
				}
				testkit.Until(t, "the sink was told", func() bool { return g.last().Status != 0 })
				if diff := cmp.Diff([]string{c.status, c.message}, []string{g.last().GRPCStatus, g.last().GRPCMessage}); diff != "" {
					t.Errorf("told (-want +got):\n%s", diff)
				}
			})
		}
	}
}
