package config

import (
	"strings"
	"testing"
)

// TestNamesOfOurOwnHeaders: what comes under such a name is dropped, so it can be none that a call depends on.
func TestNamesOfOurOwnHeaders(t *testing.T) {
	for name, good := range map[string]bool{
		"X-Request-Id": true, "Trace-Id": true, "Candor-App": true, "X-Consumer-Username": true, "off": true,
		"Host": false, "content-length": false, "Content_Length": false, "Transfer-Encoding": false, "AUTHORIZATION": false, "Cookie": false,
		"X-Forwarded-For": false, "Set-Cookie": false, "Connection": false, "Access-Control-Allow-Origin": false, "RateLimit": false, "a b": false,
	} {
		text := "upstreams: {up: http://127.0.0.1:9000}\napis: [{credentials: public, headers: {app: \"" + name + "\"}, routes: [/**]}]\n"
		_, err := Parse("candor.yaml", []byte(text), func(string) (string, bool) { return "", false })
		if good != (err == nil) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && !strings.HasPrefix(err.Error(), "candor.yaml:2:") {
			t.Errorf("%s: the mistake does not say where: %v", name, err)
		}
	}
}
