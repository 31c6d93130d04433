package config

import (
	"errors"
	"testing"
)

func TestFrontURLFaults(t *testing.T) {
	const expected = "; expected http://host:port or https://host"
	for given, want := range map[string]struct{ text, instead string }{
		"http://127.0.0.1:99999":   {`the port "99999" is not a number from 1 to 65535`, ""},
		"http://127.0.0.1:0":       {`the port "0" is not a number from 1 to 65535`, ""},
		"http://127.0.0.1:http":    {`the port "http" is not a number from 1 to 65535`, ""},
		"http://127.0.0.1:/x":      {`"http://127.0.0.1:/x" has no port behind its colon`, "http://127.0.0.1/x"},
		"http://münchen.example":   {`the host "münchen.example" is not in ASCII; write it as DNS has it, with xn-- before its labels`, ""},
		"http://127.1:3000":        {`the host "127.1" is not an IPv4 address: those are four numbers up to 255, as in 127.0.0.1`, ""},
		"http://10.0.0.300":        {`the host "10.0.0.300" is not an IPv4 address: those are four numbers up to 255, as in 127.0.0.1`, ""},
		"http:/127.0.0.1:3000/v1":  {`"http:/127.0.0.1:3000/v1" has no // behind http:`, "http://127.0.0.1:3000/v1"},
		"https:api.example.com":    {`"https:api.example.com" has no // behind https:`, "https://api.example.com"},
		"http://":                  {`"http://" names no host` + expected, ""},
		"http:///v1":               {`"http:///v1" names no host` + expected, ""},
		"ftp://a.example":          {`"ftp://" is not http:// or https://, which are the ones that are spoken here` + expected, ""},
		"http://a b":               {`the host "a b" is not a name or an address` + expected, ""},
		"ws://127.0.0.1:3000/chat": {`"ws://" begins as http://, and WebSockets pass`, "http://127.0.0.1:3000/chat"},
		"WSS://a.example":          {`"WSS://" begins as https://, and WebSockets pass`, "https://a.example"},
		"ws://u:geheim@a.example":  {"a URL cannot hold credentials here (what stands before the @): callers send their own", "ws://a.example"},
	} {
		_, err := (&Front{URL: given, Listen: "127.0.0.1:0"}).Config()
		var m *FrontMistake
		if !errors.As(err, &m) {
			t.Errorf("%s: %v", given, err)
			continue
		}
		if m.Text != want.text || m.Instead != want.instead {
			t.Errorf("%s\n got %s | %s\nwant %s | %s", given, m.Text, m.Instead, want.text, want.instead)
		}
	}
}
