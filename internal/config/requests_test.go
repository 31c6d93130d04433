package config

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/requestlog"
)

func TestWhatIsKeptOfCallsThatFailed(t *testing.T) {
	const days = 24 * time.Hour
	for _, c := range []struct {
		said string
		want requestlog.Settings
	}{
		{"", requestlog.Settings{Detail: 10, Keep: 14 * days, Size: gib}},
		{"requests: {keep: 1h, size: 1MiB, detail: 1/s, addresses: full}\n", requestlog.Settings{Detail: 1, Keep: time.Hour, Size: mib}},
		{"requests: {keep: 3650d, size: 1024GiB, detail: 1000000/s, addresses: network}\n", requestlog.Settings{Detail: 1_000_000, Keep: 3650 * days, Size: 1024 * gib, Addresses: requestlog.Networks}},
		{"requests: {detail: all, addresses: off}\n", requestlog.Settings{Keep: 14 * days, Size: gib, Addresses: requestlog.NoAddresses}},
	} {
		cfg, err := Parse("candor.yaml", []byte(least+c.said), testEnv)
		if err != nil {
			t.Errorf("%s%v", c.said, err)
			continue
		}
		if diff := cmp.Diff(c.want, cfg.Requests); diff != "" {
			t.Errorf("%s-want +got\n%s", c.said, diff)
		}
	}
}

func TestARouteSaysWhatIsRecordedOfIt(t *testing.T) {
	cfg, err := Parse("candor.yaml", []byte("upstreams: {a: \"http://127.0.0.1:9000\"}\napis:\n  - {credentials: public, record_body: true, routes: [{path: /a}, {path: /b, record_body: false, server_timing: true}]}\n"), testEnv)
	if err != nil {
		t.Fatal(err)
	}
	var got [][2]bool
	for _, r := range cfg.APIs[0].Routes {
		got = append(got, [2]bool{*r.RecordBody, *r.ServerTiming})
	}
	if diff := cmp.Diff([][2]bool{{true, false}, {false, true}}, got); diff != "" {
		t.Errorf("record_body and server_timing of each route (-want +got)\n%s", diff)
	}
}

func TestMistakesAboutWhatIsKept(t *testing.T) {
	_, err := Parse("f", []byte(least+"requests: {keep: 0s, size: 1KiB, detail: 10, addresses: none}\n"), testEnv)
	want := `f:4:18: expected a time from 1h to 3650d, as in 3s, 10m or 60d, not "0s"
f:4:28: expected a size from 1MiB to 1024GiB, as in 8KiB, not "1KiB"
f:4:42: expected a number a second, as in 10/s, from 1/s to 1000000/s, or all, not "10"
f:4:57: expected full, network or off, not "none"`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}
