package forwarded

import (
	"net/netip"
	"strings"
	"testing"
)

func TestNode(t *testing.T) {
	for in, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "192.0.2.1:80": "192.0.2.1", "192.0.2.1:65535": "192.0.2.1", "192.0.2.1:_http": "192.0.2.1", "0.0.0.0": "0.0.0.0",
		"2001:db8::1": "2001:db8::1", "[2001:db8::1]": "2001:db8::1", "[2001:db8::1]:443": "2001:db8::1", "[2001:db8::1]:_x": "2001:db8::1",
		"::": "::", "::1": "::1", "1::": "1::", "1:2:3:4:5:6:7:8": "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::": "1:2:3:4:5:6:7:0", "2001:DB8::A": "2001:db8::a",
		"fe80::1%eth0": "fe80::1", "[fe80::1%25eth0]:80": "fe80::1", "::ffff:192.0.2.1": "192.0.2.1", "[::ffff:c000:201]": "192.0.2.1", "64:ff9b::192.0.2.1": "64:ff9b::c000:201",
		"2001:db8::1:443": "2001:db8::1:443", // a port without brackets cannot be told

		"": "", "unknown": "", "_hidden": "", "_1": "", "localhost": "", "a.example": "", "192.0.2": "", "192.0.2.1.1": "", "192.0.2.256": "", "192.0.2.01": "", "0xc0.0.2.1": "",
		"3221225985": "", "192.0.2.1:": "", "192.0.2.1:x": "", "192.0.2.1:123456": "", "192.0.2.1:_": "", "192.0.2.1 ": "", "[192.0.2.1]": "", "[::1": "", "::1]": "", "[]": "", "[::1]x": "",
		"[::1]:": "", ":::": "", "1::2::3": "", ":1": "", "1:": "", "1:2:3:4:5:6:7": "", "1:2:3:4:5:6:7:8:9": "", "1:2:3:4:5:6:7::8": "", "::12345": "", "::g": "", "::192.0.2.1:1": "", "::1.2.3": "",
		"fe80::1%": "", "192.0.2.1%eth0": "", "\"192.0.2.1\"": "", "192.0.2.1/32": "", "１.2.3.4": "", strings.Repeat("1", 200): "",
	} {
		got, ok := parseNode([]byte(in))
		if ok != (want != "") || ok && got.String() != want {
			t.Errorf("%q is %v, %v, want %q", in, got, ok, want)
		}
	}
}

// FuzzNode compares with net/netip, which reads texts.
func FuzzNode(f *testing.F) {
	for _, seed := range []string{"192.0.2.1", "::1", "1:2:3:4:5:6:7:8", "::ffff:192.0.2.1", "fe80::1%eth0", "1::2::3", "0.0.0.00", "1:2:3:4:5:6:1.2.3.4", "::1.2.3.4.5", "1:2:3:4:5:6:7::"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		if len(in) > maxNode || strings.ContainsAny(in, "[]") || strings.Count(in, ":") == 1 {
			return
		}
		want, err := netip.ParseAddr(in)
		got, ok := parseNode([]byte(in))
		if ok != (err == nil) || ok && got != want.Unmap().WithZone("") {
			t.Errorf("%q is %v, %v, want %v, %v", in, got, ok, want, err)
		}
	})
}
