package downstream

// greeted reads the header with which a connection of a balancer begins, where it has to, and nothing behind it. It reports false where the connection is over:
// one that ends before its first byte, as those do by which balancers look whether somebody is here, does so in silence.
func (c *Conn) greeted() bool {
	if c.user.Greeting() != Proxy {
		return true
	}
	c.seat.rest(c.idle.since)                         // until the first byte it is as idle as any
	said, f := c.readGreeting(make([]byte, maxProxy)) // a buffer of a call is far larger
	if f != ProxyFine {
		c.user.Ungreeted(&c.peer, f)
	}
	if !said {
		return false
	}
	c.idle.since = c.side.Clock.Mono() // the first byte of a call has its time from now on
	c.seat.again(c.idle.since)
	return !c.seat.isLeaving()
}

// readGreeting reads the header into b, as it comes. It reports false where none came, or a wrong one.
func (c *Conn) readGreeting(b []byte) (said bool, f ProxyFault) {
	for n := 0; ; {
		p, need, fault := parseProxy(b[:n])
		switch {
		case fault != ProxyFine:
			return false, fault
		case need == 0:
			c.peer.greet(p)
			return true, ProxyFine
		}
		got, _ := c.read(b[n:n+need], c.idle.since, c.user.Times().FirstByte)
		switch {
		case got > 0:
			n += got
		case n > 0 && !c.stopped():
			return false, ProxyCut
		default:
			return false, ProxyFine
		}
	}
}

// greet takes what the header says.
func (p *Peer) greet(said proxied) {
	p.Secure = said.secure
	if p.Named = Nobody; said.client.IsValid() {
		p.From, p.Named = said.client, ByAddress
	}
}
