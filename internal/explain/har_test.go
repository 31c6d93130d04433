package explain

import (
	"strings"
	"testing"
)

func TestUnpackHAR(t *testing.T) {
	t.Parallel()
	entry := func(url, response string) string {
		return `{"request":{"method":"GET","url":"https://api.example.com` + url + `","headers":[{"name":"Authorization","value":"Bearer geheim99"}]},"response":` + response + `}`
	}
	file := func(entries ...string) string {
		return `{"log":{"version":"1.2","entries":[` + strings.Join(entries, ",") + `]}}`
	}
	fine := entry("/fine", `{"status":200}`)
	denied := entry("/denied?token=geheim99", `{"status":403,"headers":[]}`)
	expired := entry("/expired", `{"status":401,"headers":[{"name":":status","value":"401"},{"name":"Candor-Problem","value":"expired_access_token"}],"content":{"text":"eyJzdGF0dXMiOjQwMX0=","encoding":"base64"}}`)
	refused := entry("/refused", `{"status":0,"_error":"net::ERR_CONNECTION_REFUSED"}`)
	for _, c := range []struct{ name, input, title, note, err string }{
		{"one that failed", file(fine, expired, fine), "401 EXPIRED_ACCESS_TOKEN (expired_access_token, serviceErrorCode 65602)", "This is entry 2 (GET https://api.example.com/expired: 401), the last of the HAR file that failed.", ""},
		{
			"several", file(denied, refused, expired), "401 EXPIRED_ACCESS_TOKEN (expired_access_token, serviceErrorCode 65602)",
			"This is entry 3 (GET https://api.example.com/expired: 401), the last of the HAR file that failed. So did: 1 (GET https://api.example.com/denied?token=REDACTED: 403); 2 (GET https://api.example.com/refused: no answer).", "",
		},
		{"no answer", file(fine, refused), "No answer: no server at this address", "This is entry 2 (GET https://api.example.com/refused: no answer), the last of the HAR file that failed.", ""},
		{"one that was cut", file(expired, fine)[:len(file(expired, fine))-20], "401 EXPIRED_ACCESS_TOKEN (expired_access_token, serviceErrorCode 65602)", "This is entry 1 (GET https://api.example.com/expired: 401), the last of the HAR file that failed.", ""},
		{"longer than other inputs", file(entry("/big", `{"status":200,"content":{"text":"`+strings.Repeat("x", inputMax)+`"}}`), expired), "401 EXPIRED_ACCESS_TOKEN (expired_access_token, serviceErrorCode 65602)", "This is entry 2 (GET https://api.example.com/expired: 401), the last of the HAR file that failed.", ""},
		{"none that failed", file(fine, fine), "", "", "none of the 2 calls of the HAR file failed"},
		{"one cut before any failed", file(fine, expired)[:len(file(fine))+20], "", "", "entry 2 of the HAR file cannot be read"},
		{"no HAR file", `HTTP/1.1 401 No` + "\n\n", "401 Unauthorized", "", ""},
	} {
		pasted, note, err := Unpack([]byte(c.input))
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: %v, want %q", c.name, err, c.err)
			}
			continue
		}
		e, ok := Explain(pasted)
		if err != nil || !ok || e.Meanings[0].headline() != c.title || note != c.note {
			t.Errorf("%s: %v, %+v, %q", c.name, err, e.Meanings, note)
		}
	}
}
