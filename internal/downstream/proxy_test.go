package downstream

import (
	"encoding/binary"
	"encoding/hex"
	"hash/crc32"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// v2 is a binary header: version and command, family, and the rest.
func v2(command, family byte, rest string) string {
	return binary2 + string([]byte{command, family, byte(len(rest) >> 8), byte(len(rest))}) + rest
}

// Addresses of the binary form: 192.0.2.1:56324 to 198.51.100.2:443, and [2001:db8::1] likewise.
var (
	four = unhex("c0000201c6336402dc0401bb")
	six6 = unhex("20010db8000000000000000000000001" + "20010db8000000000000000000000002" + "dc0401bb")
)

func unhex(s string) string {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// tlv is what may stand behind the addresses.
func tlv(kind byte, value string) string {
	return string([]byte{kind, byte(len(value) >> 8), byte(len(value))}) + value
}

// summed is a header with its checksum.
func summed(family byte, rest string) string {
	b := []byte(v2(proxy2, family, rest+tlv(crc32c2, "\x00\x00\x00\x00")))
	binary.BigEndian.PutUint32(b[len(b)-4:], crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)))
	return string(b)
}

const someTLS = "\x01\x00\x00\x00\x00"

// proxyHeaders are headers, with what they say: an address, with "s" where the client speaks TLS; "" where they name nobody, else a fault.
var proxyHeaders = []struct {
	name, in, want string
}{
	{"version 1, IPv4", "PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n", "192.0.2.1"},
	{"version 1, the shortest", "PROXY TCP4 1.1.1.1 2.2.2.2 0 0\r\n", "1.1.1.1"},
	{"version 1, IPv6", "PROXY TCP6 2001:db8::1 2001:db8::2 65535 1\r\n", "2001:db8::1"},
	{"version 1, the longest address", "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff1 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff1"},
	{"version 1, mapped", "PROXY TCP6 ::ffff:192.0.2.1 ::1 1 1\r\n", "192.0.2.1"},
	{"version 1, unknown", "PROXY UNKNOWN\r\n", ""},
	{"version 1, unknown with something", "PROXY UNKNOWN ffff:f...f ::1 65535 x\r\n", ""},
	{"version 1, unknown, the longest", "PROXY UNKNOWN " + strings.Repeat("x", 91) + "\r\n", ""},
	{"version 2, IPv4", v2(proxy2, 0x11, four), "192.0.2.1"},
	{"version 2, IPv6", v2(proxy2, 0x21, six6), "2001:db8::1"},
	{"version 2, mapped", v2(proxy2, 0x21, unhex("00000000000000000000ffffc0000201")+six6[16:]), "192.0.2.1"},
	{"version 2, local", v2(local2, 0x00, ""), ""},
	{"version 2, local with an address", v2(local2, 0x11, four), ""},
	{"version 2, local with anything", v2(local2, 0x00, "anything"), ""},
	{"version 2, unspecified", v2(proxy2, 0x00, ""), ""},
	{"version 2, unspecified with anything", v2(proxy2, 0x00, "anything"), ""},
	{"version 2, a datagram", v2(proxy2, 0x12, four), ""},
	{"version 2, Unix", v2(proxy2, 0x31, strings.Repeat("\x00", 216)), ""},
	{"version 2, extras", v2(proxy2, 0x11, four+tlv(0x01, "h2")+tlv(0x02, "a.example")+tlv(0x04, "")+tlv(0xea, "vpce-1")), "192.0.2.1"},
	{"version 2, over TLS", v2(proxy2, 0x11, four+tlv(ssl2, someTLS+tlv(0x21, "TLSv1.3"))), "192.0.2.1s"},
	{"version 2, not over TLS", v2(proxy2, 0x11, four+tlv(ssl2, "\x00\x00\x00\x00\x00")), "192.0.2.1"},
	{"version 2, a checksum", summed(0x11, four+tlv(0x02, "a")), "192.0.2.1"},
	{"version 2, the longest", v2(proxy2, 0x11, four+tlv(0x04, strings.Repeat("\x00", 505))), "192.0.2.1"},

	{"a call", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "missing"},
	{"TLS", "\x16\x03\x01\x02\x00\x01\x00", "missing"},
	{"small letters", "proxy TCP4 192.0.2.1 198.51.100.2 56324 443\r\n", "missing"},
	{"almost version 2", "\r\n\r\n\x00\r\nQUIT\r", "missing"},
	{"an empty line before it", "\r\nPROXY UNKNOWN\r\n", "missing"},
	{"another method", "PROPFIND / HTTP/1.1\r\n", "missing"},
	{"version 1, LF alone", "PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\n", "syntax"},
	{"version 1, two blanks", "PROXY TCP4  192.0.2.1 198.51.100.2 56324 443\r\n", "syntax"},
	{"version 1, a tab", "PROXY TCP4\t192.0.2.1 198.51.100.2 56324 443\r\n", "syntax"},
	{"version 1, a blank at the end", "PROXY TCP4 192.0.2.1 198.51.100.2 56324 443 \r\n", "syntax"},
	{"version 1, a port too large", "PROXY TCP4 192.0.2.1 198.51.100.2 65536 443\r\n", "syntax"},
	{"version 1, a port with a zero", "PROXY TCP4 192.0.2.1 198.51.100.2 080 443\r\n", "syntax"},
	{"version 1, no port", "PROXY TCP4 192.0.2.1 198.51.100.2 56324 \r\n", "syntax"},
	{"version 1, IPv6 under TCP4", "PROXY TCP4 ::1 ::2 56324 443\r\n", "syntax"},
	{"version 1, IPv4 under TCP6", "PROXY TCP6 192.0.2.1 198.51.100.2 1 1\r\n", "syntax"},
	{"version 1, a zone", "PROXY TCP6 fe80::1%eth0 ::2 1 1\r\n", "syntax"},
	{"version 1, a zero before", "PROXY TCP4 192.0.2.01 198.51.100.2 1 1\r\n", "syntax"},
	{"version 1, a name", "PROXY TCP4 a.example 198.51.100.2 1 1\r\n", "syntax"},
	{"version 1, another protocol", "PROXY UDP4 192.0.2.1 198.51.100.2 1 1\r\n", "syntax"},
	{"version 1, unknown and more", "PROXY UNKNOWNS 1 1 1 1\r\n", "syntax"},
	{"version 1, too long", "PROXY UNKNOWN " + strings.Repeat("x", 92) + "\r\n", "too long"},
	{"version 1, without an end", "PROXY TCP4 " + strings.Repeat("1", 200), "too long"},
	{"version 2, version 3", v2(0x31, 0x11, four), "syntax"},
	{"version 2, another command", v2(0x22, 0x11, four), "syntax"},
	{"version 2, another family", v2(proxy2, 0x41, four), "syntax"},
	{"version 2, another transport", v2(proxy2, 0x13, four), "syntax"},
	{"version 2, too short for its addresses", v2(proxy2, 0x11, four[:11]), "syntax"},
	{"version 2, IPv4 under IPv6", v2(proxy2, 0x21, four), "syntax"},
	{"version 2, an extra cut", v2(proxy2, 0x11, four+"\x01\x00"), "syntax"},
	{"version 2, an extra too long", v2(proxy2, 0x11, four+"\x01\x00\x05abcd"), "syntax"},
	{"version 2, TLS cut", v2(proxy2, 0x11, four+tlv(ssl2, "\x01")), "syntax"},
	{"version 2, a checksum cut", v2(proxy2, 0x11, four+tlv(crc32c2, "\x01")), "syntax"},
	{"version 2, a wrong checksum", v2(proxy2, 0x11, four+tlv(crc32c2, "\x01\x02\x03\x04")), "checksum"},
	{"version 2, two checksums", summed(0x11, four+tlv(crc32c2, "\x00\x00\x00\x00")), "checksum"},
	{"version 2, too long", v2(proxy2, 0x11, four+tlv(0x04, strings.Repeat("\x00", 506))), "too long"},
	{"version 2, far too long", v2(proxy2, 0x11, four)[:14] + "\xff\xff", "too long"},
}

// said is a verdict as proxyHeaders writes it.
func said(p proxied, f ProxyFault) string {
	text := map[ProxyFault]string{ProxyMissing: "missing", ProxySyntax: "syntax", ProxyTooLong: "too long", ProxyChecksum: "checksum"}[f]
	if f == ProxyFine && p.client.IsValid() {
		text = p.client.String()
	}
	if p.secure {
		text += "s"
	}
	return text
}

// readProxy reads as a connection does, never more than is needed, at most step bytes at a time.
func readProxy(b string, step int) (p proxied, n int, f ProxyFault, whole bool) {
	for {
		p, need, f := parseProxy([]byte(b[:n])) // a copy: the checksum is cleared
		if f != ProxyFine || need == 0 {
			return p, n, f, true
		}
		if n += min(need, step); n > len(b) {
			return p, len(b), ProxyFine, false
		}
	}
}

func TestProxyHeaders(t *testing.T) {
	for _, c := range proxyHeaders {
		t.Run(c.name, func(t *testing.T) {
			for _, step := range []int{1, 7, 1000} {
				p, n, f, whole := readProxy(c.in+"GET / HTTP/1.1\r\n\r\n"+strings.Repeat("x", 100), step)
				if got := said(p, f); !whole || got != c.want {
					t.Errorf("by %d: got %q, want %q", step, got, c.want)
				}
				if f == ProxyFine && n != len(c.in) {
					t.Errorf("by %d: %d bytes were read of %d", step, n, len(c.in))
				}
			}
		})
	}
}

var line1Form = regexp.MustCompile(`\APROXY (?:UNKNOWN(?: [^\n]*)?|(TCP[46]) ([^ \n]+) ([^ \n]+) (\d+) (\d+))\r\n`)

// slowProxy is a second reader of headers, written from the text of the protocol.
func slowProxy(b string) (text string, n int) {
	if strings.HasPrefix(b, binary2) {
		return slowProxy2(b)
	}
	m := line1Form.FindStringSubmatch(b)
	if m == nil || len(m[0]) > maxProxyLine {
		return "wrong", 0
	}
	if m[1] == "" {
		return "", len(m[0])
	}
	from, err := netip.ParseAddr(m[2])
	to, failed := netip.ParseAddr(m[3])
	if err != nil || failed != nil || from.Zone()+to.Zone() != "" || from.Is4() != (m[1] == "TCP4") || to.Is4() != (m[1] == "TCP4") {
		return "wrong", 0
	}
	for _, port := range m[4:] {
		if v, err := strconv.ParseUint(port, 10, 16); err != nil || strconv.FormatUint(v, 10) != port {
			return "wrong", 0
		}
	}
	return from.Unmap().String(), len(m[0])
}

func slowProxy2(b string) (text string, n int) {
	if len(b) < 16 {
		return "wrong", 0
	}
	n = 16 + int(b[14])*256 + int(b[15])
	if n > maxProxy || n > len(b) || b[12]>>4 != 2 || b[12]&15 > 1 || b[13]>>4 > 3 || b[13]&15 > 2 {
		return "wrong", 0
	}
	if b[12]&15 == 0 || b[13]>>4 == 0 {
		return "", n
	}
	size := map[byte]int{1: 12, 2: 36, 3: 216}[b[13]>>4]
	if 16+size > n {
		return "wrong", 0
	}
	secure, sums := "", 0
	for at := 16 + size; at < n; {
		if at+3 > n {
			return "wrong", 0
		}
		kind, end := b[at], at+3+int(b[at+1])*256+int(b[at+2])
		if end > n {
			return "wrong", 0
		}
		value := b[at+3 : end]
		if kind == 3 {
			zeroed := b[:at+3] + "\x00\x00\x00\x00" + b[min(end, n):n]
			if sums++; len(value) != 4 || sums > 1 || crc32.Checksum([]byte(zeroed), crc32.MakeTable(crc32.Castagnoli)) != binary.BigEndian.Uint32([]byte(value)) {
				return "wrong", 0
			}
		}
		if kind == 0x20 {
			if len(value) < 5 {
				return "wrong", 0
			}
			if value[0]&1 == 1 {
				secure = "s"
			}
		}
		at = end
	}
	switch b[13] {
	case 0x11:
		addr, _ := netip.AddrFromSlice([]byte(b[16:20]))
		return addr.String() + secure, n
	case 0x21:
		addr, _ := netip.AddrFromSlice([]byte(b[16:32]))
		return addr.Unmap().String() + secure, n
	}
	return "", n
}

// FuzzProxy: both readers say the same, whatever comes and however it is cut, and nothing behind the header is read.
func FuzzProxy(f *testing.F) {
	for _, c := range proxyHeaders {
		f.Add(c.in+"GET /", uint8(3))
	}
	f.Fuzz(func(t *testing.T, in string, step uint8) {
		want, end := slowProxy(in)
		p, n, fault, whole := readProxy(in, max(1, int(step)))
		got := said(p, fault)
		switch {
		case !whole: // more must come: then the other has found nothing either
			got = "wrong"
		case fault != ProxyFine:
			got = "wrong"
		case n != end:
			t.Errorf("%q: %d bytes were read of %d", in, n, end)
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	})
}
