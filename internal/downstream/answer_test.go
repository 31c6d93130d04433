package downstream

import (
	"io"
	"testing"

	"github.com/candor-gateway/candor/internal/testkit"
)

// talk serves one connection over loopback by serve, and returns what its client, which sends in and then nothing more, was answered until the connection ended.
func (u *user) talk(tb testing.TB, in string) string {
	tb.Helper()
	tcp, client := testkit.Pair(tb)
	defer client.Close()
	defer u.side.Close()
	u.gone.Add(1)
	u.side.New(tcp, nil, 1, 1, u).Start(tb.Context())
	if _, err := io.WriteString(client, in); err != nil {
		tb.Fatal(err)
	}
	_ = client.CloseWrite()
	got, err := io.ReadAll(client)
	if err != nil {
		got = append(got, "RESET"...)
	}
	u.gone.Wait()
	return string(got)
}

// How an answer leaves, by its framing, the client's version and what becomes of the connection.
func TestAnswers(t *testing.T) {
	const (
		get  = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
		old  = "GET / HTTP/1.0\r\n\r\n"
		stay = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
		head = "HTTP/1.1 200 OK\r\n"
	)
	passed := func(as Framing, whole bool, pieces ...string) func(Call, Fault) After {
		return func(c Call, _ Fault) After {
			c.Begin([]byte(head), as, whole)
			for i, p := range pieces {
				if c.Piece([]byte(p)); i%2 == 1 {
					c.Flush()
				}
			}
			c.End([]byte("X-T: 1\r\n"))
			return Keep
		}
	}
	ours := func(c Call, f Fault) After {
		c.Begin([]byte("HTTP/1.1 999 never\r\n"), Unknown, true)
		c.Piece([]byte("seen"))
		c.Answer([]byte(head), []byte{'0' + byte(f.Cause)})
		return Keep
	}
	for name, c := range map[string]struct {
		in    string
		serve func(Call, Fault) After
		want  string
	}{
		"by its length":                     {get, passed(Length, true, "a", "b", "c"), head + "\r\nabc"},
		"in chunks, with trailers":          {get, passed(Unknown, true, "a", "", "c"), head + "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nc\r\n0\r\nX-T: 1\r\n\r\n"},
		"to its close":                      {old, passed(Unknown, true, "a", "b"), head + "Connection: close\r\n\r\nab"},
		"to its close, though it may stay":  {stay, passed(Unknown, true, "a", "b"), head + "Connection: close\r\n\r\nab"},
		"without a body":                    {stay, passed(None, true, "a"), head + "Connection: keep-alive\r\n\r\n"},
		"two calls":                         {get + get, passed(Length, true, "a"), head + "\r\na" + head + "\r\na"},
		"the call had not gone on whole":    {get + get, passed(Length, false, "a"), head + "Connection: close\r\n\r\na"},
		"ours takes the place of what held": {get, ours, head + "\r\n0"},
		"ours, to HEAD":                     {"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", ours, head + "\r\n"},
		"ours, to what is no call":          {"GET \x00", ours, head + "Connection: close\r\n\r\n1"},
		"nobody reads it":                   {get, func(Call, Fault) After { return Close }, ""},
		"it broke": {get, func(c Call, _ Fault) After {
			c.Begin([]byte(head), Length, true)
			c.Flush()
			return Reset
		}, "RESET"},
	} {
		t.Run(name, func(t *testing.T) {
			for loop, portable := range map[string]bool{"fast": false, "portable": true} {
				u := newUser()
				u.side.Portable, u.serve = portable, c.serve
				got := u.talk(t, c.in)
				if c.want == "RESET" && len(got) > 5 {
					got = got[len(got)-5:] // how much came before it is not ours to say
				}
				if got != c.want {
					t.Errorf("%s: got %q, want %q", loop, got, c.want)
				}
			}
		})
	}
}
