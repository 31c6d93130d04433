package sandbox

import (
	"testing"

	"github.com/candor-gateway/candor/problem"
)

// A failure of the upstream that is staged by its name has the Proxy-Status of a real one, and a refusal of the gateway's has none.
func TestStagedProxyStatus(t *testing.T) {
	b := runBox(t, Options{Profile: problem.Standard})
	for fault, want := range map[string]string{
		"upstream_unreachable": "candor; error=connection_refused", "upstream_broke": "candor; error=connection_terminated", "upstream_invalid": "candor; error=http_protocol_error",
		"gateway_timeout": "candor; error=connection_read_timeout", "internal_error": "candor; error=proxy_internal_error", "throttled": "", "ok": "",
	} {
		b.rules(t, `{"sequence":["`+fault+`"]}`)
		ruled := b.ask(t, "GET", b.API+"/v2/me", "", "Authorization: Bearer "+b.Tokens.Good)
		asked := b.ask(t, "GET", b.API+"/v2/me", "", FaultHeader+": "+fault)
		if got := ruled.head.Get("Proxy-Status"); got != want {
			t.Errorf("%s by a rule: %q, want %q", fault, got, want)
		}
		if got := asked.head.Get("Proxy-Status"); got != want {
			t.Errorf("%s by the field: %q, want %q", fault, got, want)
		}
	}
	if err := b.stop(); err != nil {
		t.Error(err)
	}
}
