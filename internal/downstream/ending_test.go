package downstream

import "testing"

// What becomes of the connection after an answer of ours: each case of docs/connection.md, "Which answers close".
func TestEnding(t *testing.T) {
	names := map[ending]string{keeps: "keeps", dropsRest: "dropsRest", lingers: "lingers"}
	u := newUser()
	for _, c := range []struct {
		name, in string
		set      func(*call)
		want     ending
	}{
		{"no body", "GET /public/ HTTP/1.1\r\nHost: a\r\n\r\n", nil, keeps},
		{"no body, and another call behind it", "GET /public/ HTTP/1.1\r\nHost: a\r\n\r\nGET /", nil, keeps},
		{"the client closes", "GET /public/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", nil, lingers},
		{"HTTP/1.0", "GET /public/ HTTP/1.0\r\n\r\n", nil, lingers},
		{"HTTP/1.0 that stays", "GET /public/ HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", nil, keeps},
		{"HTTP/1.0 that stays, with a body", "PUT /public/ HTTP/1.0\r\nConnection: Keep-Alive\r\nContent-Length: 5\r\n\r\nhello", nil, keeps},
		{"an empty body", "PUT /public/ HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", nil, keeps},
		{"a body that is here", "PUT /public/ HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", nil, keeps},
		{"a body that is here, and the client closes", "PUT /public/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello", nil, lingers},
		{"a part of a body", "PUT /public/ HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhell", nil, dropsRest},
		{"64 KiB to come", "PUT /public/ HTTP/1.1\r\nHost: a\r\nContent-Length: 65536\r\n\r\n", nil, dropsRest},
		{"64 KiB to come behind what is here", "PUT /public/ HTTP/1.1\r\nHost: a\r\nContent-Length: 65541\r\n\r\nhello", nil, dropsRest},
		{"more than 64 KiB to come", "PUT /public/ HTTP/1.1\r\nHost: a\r\nContent-Length: 65537\r\n\r\n", nil, lingers},
		{"64 KiB to come, and the client closes", "PUT /public/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 9\r\n\r\n", nil, lingers},
		{"chunks that are here", "PUT /public/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nX-T: 1\r\n\r\n", nil, keeps},
		{"a part of the chunks", "PUT /public/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n", nil, lingers},
		{"chunks that are none", "PUT /public/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", nil, lingers},
		{"Expect", "PUT /public/ HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n", nil, lingers},
		{"Expect, and what could be the body", "PUT /public/ HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello", nil, lingers},
		{"Expect, and the body was asked for", "PUT /public/ HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n", func(k *call) { k.body.asked = true }, dropsRest},
		{"Expect of an empty body", "PUT /public/ HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n", nil, keeps},
		{"Expect without a body", "PUT /public/ HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n", nil, keeps},
		{"Expect in HTTP/1.0", "PUT /public/ HTTP/1.0\r\nConnection: keep-alive\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n", nil, dropsRest},
		{"an expectation that nobody knows", "PUT /public/ HTTP/1.1\r\nHost: a\r\nExpect: x\r\nContent-Length: 5\r\n\r\n", nil, lingers},
		{"an expectation that nobody knows, without a body", "GET /public/ HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n", nil, keeps},
		{"its end cannot be found", "PUT /public/ HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", func(k *call) { k.body.unknown = true }, lingers},
		{"CONNECT", "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n", nil, lingers},
		{"OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", nil, keeps},
		{"while the gateway leaves", "GET /public/ HTTP/1.1\r\nHost: a\r\n\r\n", func(k *call) { u.phase = Leaving }, lingers},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := u.parsed(t, c.in)
			if c.set != nil {
				c.set(k)
			}
			if got := k.early(); got != c.want {
				t.Errorf("it %s, want %s", names[got], names[c.want])
			}
		})
	}
}
