package config

import (
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/route"
)

// TestOver: what is enforced in a file is observed, what is off stays off, and nothing of the file ends a WebSocket.
func TestOver(t *testing.T) {
	enforced, off := route.All(route.Enforce), route.All(route.Enforce)
	off[route.CheckPreflight] = route.Off
	file := &Config{APIs: []route.APISpec{{
		Name: "a", Base: "/a", Modes: enforced, CORS: &route.CORSSpec{Origins: []string{"https://app.example"}},
		Routes: []route.Spec{
			{Path: "/ws", Upgrade: &route.Upgrade{Protocols: []string{route.WebSocket}, Idle: time.Second, EndAtExpiry: true}, CallTimeout: time.Second},
			{Path: "/off", Modes: &off},
		},
	}}}
	file.Upstreams = append(file.Upstreams, upstreamStart())
	c, err := (&Front{URL: "http://127.0.0.1:3000", Listen: "127.0.0.1:0"}).Over(file)
	if err != nil {
		t.Fatal(err)
	}
	a := &c.APIs[0]
	if a.Modes != route.All(route.Observe) || *a.Routes[0].Modes != route.All(route.Observe) {
		t.Errorf("modes %v, of the route %v", a.Modes, a.Routes[0].Modes)
	}
	if m := a.Routes[1].Modes; m[route.CheckPreflight] != route.Off || m[route.CheckPath] != route.Observe {
		t.Errorf("where preflights are off: %v", m)
	}
	if a.CORS == nil || a.Preflight != route.RefusePreflights {
		t.Errorf("cors %v, preflight %v", a.CORS, a.Preflight)
	}
	if r := &a.Routes[0]; r.Upgrade != nil || r.CallTimeout != 0 {
		t.Errorf("%+v ends a call", r)
	}
	if of := &file.APIs[0]; of.Modes != enforced || of.Untouched || of.Routes[0].Upgrade == nil || of.Routes[1].Modes[route.CheckPath] != route.Enforce {
		t.Errorf("the file was changed: %+v", of)
	}
}
