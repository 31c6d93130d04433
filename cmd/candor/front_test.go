package main

import "testing"

func TestReached(t *testing.T) {
	for listener, want := range map[string]string{
		"127.0.0.1:8080": "http://127.0.0.1:8080",
		"[::1]:8080":     "http://[::1]:8080",
		"10.0.0.5:80":    "http://10.0.0.5:80",
		"[::]:21030":     "http://127.0.0.1:21030 and on every other address of this machine",
		"0.0.0.0:21030":  "http://127.0.0.1:21030 and on every other address of this machine",
	} {
		if got := reached(listener); got != want {
			t.Errorf("%s: %s, want %s", listener, got, want)
		}
	}
}
