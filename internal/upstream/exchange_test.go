package upstream_test

import (
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/buffer"
	"github.com/candor-gateway/candor/internal/clock"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/upstream"
)

// outcome is what an exchange came to.
type outcome struct {
	Cause  upstream.Cause
	HTTP   http1.Kind
	Status int
	Body   string
	End    upstream.Cause // of the body
	Got    bool
}

// ask sends a whole call to a peer that answers in these pieces, each in a segment of its own, and then does what end says.
func ask(t *testing.T, portable bool, toHEAD bool, end func(*net.TCPConn), pieces ...string) outcome {
	t.Helper()
	p := newPeer(t)
	b := start(t, p.spec(), portable)
	c := b.dial(t)
	at := p.next(t)
	go func() {
		expect(t, at, get)
		say(t, at, pieces...)
		end(at)
	}()
	f := within(t, func() upstream.Fault { return c.Exchange([]byte(get), b.now(), patience, 0, toHEAD) })
	got := outcome{Cause: f.Cause, HTTP: f.HTTP.Kind, Status: c.Head.Status, Got: c.Got()}
	if f.Cause == upstream.OK {
		var text string
		ended := within(t, func() upstream.Fault { var f upstream.Fault; text, f = body(c); return f })
		got.Body, got.End = text, ended.Cause
		if ended.Cause == upstream.Invalid {
			got.HTTP = ended.HTTP.Kind
		}
	}
	c.Abort()
	return got
}

func stays(*net.TCPConn)    {}
func closes(c *net.TCPConn) { _ = c.CloseWrite() }
func resets(c *net.TCPConn) { _ = c.SetLinger(0); c.Close() }

// each is every byte of s as a piece of its own.
func each(s string) []string { return strings.Split(s, "") }

// TestAnswers: heads and bodies of every framing, whole and byte by byte, and each way to end too early.
func TestAnswers(t *testing.T) {
	const (
		chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
		length  = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
		open    = "HTTP/1.1 200 OK\r\n\r\n"
	)
	long := strings.Repeat("0123456789abcdef", 40<<10>>4)
	good := func(text string) outcome { return outcome{Status: 200, Body: text, Got: true} }
	for _, c := range []struct {
		name   string
		pieces []string
		toHEAD bool
		end    func(*net.TCPConn)
		want   outcome
	}{
		{"length", []string{length + "hello"}, false, stays, good("hello")},
		{"length, byte by byte", each(length + "hello"), false, stays, good("hello")},
		{"no body", []string{"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"}, false, stays, good("")},
		{"chunked", []string{chunked + "5\r\nhello\r\n0\r\n\r\n"}, false, stays, good("hello")},
		{"chunked, byte by byte", each(chunked + "2;x=1\r\nhe\r\n3\r\nllo\r\n0\r\nX: y\r\n\r\n"), false, stays, good("hello")},
		{"until the close", []string{open, "hel", "lo"}, false, closes, good("hello")},
		{"until the close, nothing", []string{open}, false, closes, good("")},
		{"HTTP/1.0 until the close", []string{"HTTP/1.0 200 OK\r\n\r\nhello"}, false, closes, good("hello")},
		{"204 has no body", []string{"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n"}, false, stays, outcome{Status: 204, Got: true}},
		{"304 has no body", []string{"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"}, false, stays, outcome{Status: 304, Got: true}},
		{"an answer to HEAD has no body", []string{length}, true, stays, outcome{Status: 200, Got: true}},
		{"a large body", []string{"HTTP/1.1 200 OK\r\nContent-Length: 40960\r\n\r\n", long}, false, stays, good(long)},
		{"a large body of unknown length", []string{open + long}, false, closes, good(long)},
		{"a large head", []string{"HTTP/1.1 200 OK\r\nX: " + long + "\r\nContent-Length: 2\r\n\r\nok"}, false, stays, good("ok")},
		{
			"a head past its limit",
			[]string{"HTTP/1.1 200 OK\r\nX: " + long + long + "\r\n\r\n"},
			false, stays,
			outcome{Cause: upstream.PastLimit, HTTP: http1.HeadTooLarge, Status: 200, Got: true},
		},
		{"no HTTP", []string{"SSH-2.0-OpenSSH_9.6\r\n"}, false, stays, outcome{Cause: upstream.Invalid, HTTP: http1.VersionSyntax, Got: true}},
		{
			"both lengths",
			[]string{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"},
			false, stays,
			outcome{Cause: upstream.Invalid, HTTP: http1.LengthWithCoding, Status: 200, Got: true},
		},
		{
			"a bad chunk",
			[]string{chunked + "2\r\nhe\r\nx\r\n"},
			false, stays,
			outcome{Status: 200, Body: "he", HTTP: http1.ChunkSize, End: upstream.Invalid, Got: true},
		},
		{"closed before a byte", nil, false, closes, outcome{Cause: upstream.Ended}},
		{"reset before a byte", nil, false, resets, outcome{Cause: upstream.Broke}},
		{"closed in the head", []string{"HTTP/1.1 200 OK\r\nCont"}, false, closes, outcome{Cause: upstream.Ended, Status: 200, Got: true}},
		{"closed in a body with a length", []string{length + "hel"}, false, closes, outcome{Status: 200, Body: "hel", End: upstream.Ended, Got: true}},
		{"closed in a chunk", []string{chunked + "5\r\nhel"}, false, closes, outcome{Status: 200, Body: "hel", End: upstream.Ended, Got: true}},
		{"closed before the last chunk", []string{chunked + "3\r\nhel\r\n"}, false, closes, outcome{Status: 200, Body: "hel", End: upstream.Ended, Got: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for name, portable := range ways {
				t.Run(name, func(t *testing.T) {
					if diff := cmp.Diff(c.want, ask(t, portable, c.toHEAD, c.end, c.pieces...)); diff != "" {
						t.Errorf("(-want +got):\n%s", diff)
					}
				})
			}
		})
	}
}

// TestResetInABody is no end, of whatever framing.
func TestResetInABody(t *testing.T) {
	for _, head := range []string{"Content-Length: 9\r\n", "Transfer-Encoding: chunked\r\n", ""} {
		for name, portable := range ways {
			t.Run(name, func(t *testing.T) {
				p := newPeer(t)
				b := start(t, p.spec(), portable)
				c := b.dial(t)
				at := p.next(t)
				say(t, at, "HTTP/1.1 200 OK\r\n"+head+"\r\n")
				if f := b.exchange(c, get); f.Cause != upstream.OK {
					t.Fatal(f)
				}
				resets(at)
				f := within(t, func() upstream.Fault { _, f := c.Piece(0); return f })
				if f.Cause != upstream.Broke || c.Ended() {
					t.Errorf("%q: %v, ended %v", head, f.Cause, c.Ended())
				}
				c.Abort()
			})
		}
	}
}

// TestTrailers are kept whole for whom the body is passed on to.
func TestTrailers(t *testing.T) {
	p := newPeer(t)
	b := start(t, p.spec(), false)
	c := b.dial(t)
	at := p.next(t)
	b.goodCall(t, c, at, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 7\r\n\r\n")
	if got := string(c.Trailers()); got != "X-Sum: 7\r\n" {
		t.Errorf("trailers %q", got)
	}
	if c.Release(b.now(), true, 0); b.Idle() != 1 {
		t.Error("an answer with trailers ends as well as any")
	}
}

// TestInterims: each 1xx is a head of its own, and the final one follows, however they come.
func TestInterims(t *testing.T) {
	whole := "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + ok
	for _, pieces := range [][]string{{whole}, each(whole), {whole[:30], whole[30:]}} {
		for name, portable := range ways {
			t.Run(name, func(t *testing.T) {
				p := newPeer(t)
				b := start(t, p.spec(), portable)
				c := b.dial(t)
				at := p.next(t)
				go func() { expect(t, at, get); say(t, at, pieces...) }()
				var got []int
				f := within(t, func() upstream.Fault { return b.exchange(c, get) })
				for f.Cause == upstream.OK {
					got = append(got, c.Head.Status)
					if c.Head.Status >= 200 {
						break
					}
					c.Next()
					f = within(t, func() upstream.Fault { return c.Await(0, false) })
				}
				if diff := cmp.Diff([]int{100, 103, 200}, got); diff != "" || f.Cause != upstream.OK {
					t.Errorf("%v (-want +got):\n%s", f.Cause, diff)
				}
				if text, f := body(c); text != "ok" || f.Cause != upstream.OK {
					t.Errorf("body %q, %v", text, f.Cause)
				}
				c.Abort()
			})
		}
	}
}

// TestEarlyAnswer: an upstream that answers before it has the call, and closes, is heard, though the write fails.
func TestEarlyAnswer(t *testing.T) {
	for name, portable := range ways {
		t.Run(name, func(t *testing.T) {
			p := newPeer(t)
			b := start(t, p.spec(), portable)
			c := b.dial(t)
			at := p.next(t)
			say(t, at, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbusy")
			closes(at)
			call := "POST / HTTP/1.1\r\nHost: peer\r\nContent-Length: 8000000\r\n\r\n" + strings.Repeat("x", 8000000)
			go func() { // takes a little, then resets
				buf := make([]byte, 1<<16)
				for n := 0; n < 1<<20; {
					m, err := at.Read(buf)
					if n += m; err != nil {
						break
					}
				}
			}()
			f := within(t, func() upstream.Fault {
				if f := c.Send([]byte(call[:1000]), b.now(), patience); f.Cause != upstream.OK {
					return f
				}
				return c.Await(0, false)
			})
			if f.Cause != upstream.OK || c.Head.Status != 503 {
				t.Fatalf("%v, status %d", f.Cause, c.Head.Status)
			}
			if text, f := body(c); text != "busy" || f.Cause != upstream.OK {
				t.Errorf("body %q, %v", text, f.Cause)
			}
			c.Abort()
		})
	}
}

// TestLongCall: a call that does not fit a socket's buffer is written whole.
func TestLongCall(t *testing.T) {
	for name, portable := range ways {
		t.Run(name, func(t *testing.T) {
			p := newPeer(t)
			b := start(t, p.spec(), portable)
			c := b.dial(t)
			at := p.next(t)
			call := "POST / HTTP/1.1\r\nHost: peer\r\nContent-Length: 8000000\r\n\r\n" + strings.Repeat("x", 8000000)
			go func() { expect(t, at, call); say(t, at, ok) }()
			f := within(t, func() upstream.Fault { return b.exchange(c, call) })
			if text, g := body(c); f.Cause != upstream.OK || text != "ok" || g.Cause != upstream.OK {
				t.Errorf("%v, %q, %v", f.Cause, text, g.Cause)
			}
			if c.Release(b.now(), true, 0); b.Idle() != 1 {
				t.Error("the connection is not pooled")
			}
		})
	}
}

// TestTimeLimits asserts which limit passed, not when.
func TestTimeLimits(t *testing.T) {
	const short = 20 * time.Millisecond
	for name, portable := range ways {
		t.Run(name, func(t *testing.T) {
			begin := func(t *testing.T, with func(*upstream.Spec), says string) (*bench, *upstream.Conn, net.Conn) {
				t.Helper()
				p := newPeer(t)
				spec := p.spec()
				with(&spec)
				b := start(t, spec, portable)
				c := b.dial(t)
				t.Cleanup(c.Abort)
				at := p.next(t)
				say(t, at, says)
				return b, c, at
			}
			firstByte := func(s *upstream.Spec) { s.FirstByte = short }
			cause := func(t *testing.T, want upstream.Cause, f func() upstream.Fault) {
				t.Helper()
				if got := within(t, f); got.Cause != want {
					t.Errorf("%v (%v), want %v", got.Cause, got.Err, want)
				}
			}
			t.Run("first byte", func(t *testing.T) {
				b, c, _ := begin(t, firstByte, "")
				cause(t, upstream.FirstByteTimeout, func() upstream.Fault { return b.exchange(c, get) })
				if !c.Wrote() || c.Got() {
					t.Error("the call was written, and nothing came")
				}
			})
			t.Run("a head that is never whole", func(t *testing.T) {
				b, c, _ := begin(t, firstByte, "HTTP/1.1 200 OK\r\nX")
				cause(t, upstream.FirstByteTimeout, func() upstream.Fault { return b.exchange(c, get) })
			})
			t.Run("first byte, counted from the end of the call", func(t *testing.T) {
				b, c, at := begin(t, firstByte, "")
				sent := make(chan struct{})
				go func() {
					defer close(sent)
					for range 5 { // each part takes longer than the limit for the first byte
						b.wait(t, short)
						if f := c.Send([]byte("x"), b.now(), patience); f.Cause != upstream.OK {
							t.Errorf("%v", f)
						}
					}
					c.SentWhole(b.now())
				}()
				cause(t, upstream.FirstByteTimeout, func() upstream.Fault { return c.Await(0, false) })
				<-sent
				expect(t, at, "xxxxx")
			})
			t.Run("the whole call", func(t *testing.T) {
				b, c, _ := begin(t, func(s *upstream.Spec) { s.FirstByte = time.Hour }, "")
				cause(t, upstream.CallTimeout, func() upstream.Fault {
					return c.Exchange([]byte(get), b.now(), patience, b.now()+int64(short), false)
				})
			})
			t.Run("the whole call, in the body", func(t *testing.T) {
				b, c, _ := begin(t, func(s *upstream.Spec) { s.Gap = time.Hour }, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx")
				until := b.now() + int64(3*short)
				cause(t, upstream.OK, func() upstream.Fault { return c.Exchange([]byte(get), b.now(), patience, until, false) })
				cause(t, upstream.CallTimeout, func() upstream.Fault { _, f := body(c); return f })
			})
			t.Run("gap", func(t *testing.T) {
				b, c, _ := begin(t, func(s *upstream.Spec) { s.Gap = short }, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx")
				cause(t, upstream.OK, func() upstream.Fault { return b.exchange(c, get) })
				cause(t, upstream.GapTimeout, func() upstream.Fault { _, f := body(c); return f })
			})
			t.Run("a gap is counted again from each byte", func(t *testing.T) {
				b, c, at := begin(t, func(s *upstream.Spec) { s.Gap = 50 * short }, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")
				cause(t, upstream.OK, func() upstream.Fault { return b.exchange(c, get) })
				go func() {
					for range 9 {
						b.wait(t, 7*short)
						say(t, at, "x")
					}
				}()
				cause(t, upstream.OK, func() upstream.Fault { _, f := body(c); return f })
			})
			t.Run("a write that makes no progress", func(t *testing.T) {
				b, c, _ := begin(t, func(*upstream.Spec) {}, "")
				big := make([]byte, 64<<20)
				cause(t, upstream.WriteStalled, func() upstream.Fault { return c.Send(big, b.now(), short) })
			})
			t.Run("a limit of an earlier call does not wake a later one", func(t *testing.T) {
				p := newPeer(t)
				spec := p.spec()
				spec.FirstByte, spec.Gap = 4*short, 4*short
				b := start(t, spec, portable)
				c := b.dial(t)
				at := p.next(t)
				for range 4 {
					b.goodCall(t, c, at, ok)
					c.Release(b.now(), true, 0)
					if c = b.Take(b.now(), true, 0, true); c == nil {
						t.Fatal("not pooled")
					}
					c.Begin()
					b.wait(t, 3*short) // the deadline of the call before passes in the next
				}
				c.Abort()
			})
		})
	}
}

// wait lets time pass on the upstream's clock.
func (b *bench) wait(t *testing.T, d time.Duration) {
	t.Helper()
	<-time.After(d)
}

// TestFirstByteOfAReusedConnection: the end of a call is told while its answer is awaited, on a connection that has a deadline left from the call before.
func TestFirstByteOfAReusedConnection(t *testing.T) {
	p := newPeer(t)
	spec := p.spec()
	spec.FirstByte = 5 * time.Millisecond
	b := start(t, spec, true)
	for range 60 {
		c := b.dial(t)
		at := p.next(t)
		say(t, at, ok)
		if f := b.exchange(c, get); f.Cause != upstream.OK {
			t.Fatal(f)
		}
		if _, f := body(c); f.Cause != upstream.OK {
			t.Fatal(f)
		}
		c.Release(b.now(), true, 0)
		if c = b.Take(b.now(), true, 0, false); c == nil {
			t.Fatal("not pooled")
		}
		c.Begin()
		go c.SentWhole(b.now())
		if f := within(t, func() upstream.Fault { return c.Await(0, false) }); f.Cause != upstream.FirstByteTimeout {
			t.Fatalf("%v, want the first byte's limit", f.Cause)
		}
		c.Abort()
		at.Close()
	}
}

// TestNew names what is wrong with a spec.
func TestNew(t *testing.T) {
	for want, spec := range map[string]upstream.Spec{
		"upstream a: targets: one is needed, 0 are given":                                 {Name: "a"},
		"upstream a: targets: one is needed, 2 are given":                                 {Name: "a", Targets: []string{"http://x", "http://y"}},
		`upstream a: targets: "ftp://x" begins neither with http:// nor with https://`:    {Name: "a", Targets: []string{"ftp://x"}},
		`upstream a: targets: parse "http://x:y": invalid port ":y" after host`:           {Name: "a", Targets: []string{"http://x:y"}},
		"upstream a: ca: open /nowhere/ca.pem: no such file or directory":                 {Name: "a", Targets: []string{"https://x"}, CA: "/nowhere/ca.pem"},
		"upstream a: ca: no certificate in " + fileOf(t, "empty.pem", "no certificate\n"): {Name: "a", Targets: []string{"https://x"}, CA: fileOf(t, "empty.pem", "no certificate\n")},
	} {
		got := ""
		if _, err := upstream.New(spec, http1.ResponseDefaults(), clock.New(time.Now), &buffer.Lender{}); err != nil {
			got = err.Error()
		}
		if strings.Contains(want, "empty.pem") {
			want, got = "upstream a: ca: no certificate in", strings.SplitN(got, " /", 2)[0]
		}
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	u, err := upstream.New(upstream.Spec{Name: "a", Targets: []string{"http://example.com:81"}}, http1.ResponseDefaults(), clock.New(time.Now), &buffer.Lender{})
	if err != nil || u.Target() != "example.com:81" || u.Spec().Name != "a" {
		t.Errorf("%v, %v", u, err)
	}
}
