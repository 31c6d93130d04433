package downstream

import "github.com/candor-gateway/candor/internal/buffer"

// inbox is what was read of a client and is not yet used. It has two buffers: a head points into the first, which must not move while its call is served; what
// comes later goes into the second.
type inbox struct {
	first   *buffer.Buffer
	r, w    int // first.B[r:w] is not used; a head begins at r
	at      int // first.B[at:w] is behind the head, and not used
	more    *buffer.Buffer
	mr, mw  int   // more.B[mr:mw] is not used, and follows first
	started int64 // mono ns of the head's first byte
	read    int64 // bytes read for this call
}

func (i *inbox) lend(from *buffer.Lender) { i.first = from.Get(1) }

func (i *inbox) release(to *buffer.Lender) {
	to.Put(i.first)
	to.Put(i.more)
	*i = inbox{}
}

// full reports whether more of a head needs a larger buffer.
func (i *inbox) full() bool { return i.r == 0 && i.w == len(i.first.B) }

func (i *inbox) empty() bool { return i.r == i.w }

// bytes is what is in hand before a head is whole.
func (i *inbox) bytes() []byte { return i.first.B[i.r:i.w] }

// room makes space for more of a head: what is before r is done with.
func (i *inbox) room(from *buffer.Lender) []byte {
	switch {
	case i.w < len(i.first.B):
	case i.r > 0:
		i.w = copy(i.first.B, i.first.B[i.r:i.w])
		i.r = 0
	default:
		i.first = from.Grow(i.first, i.w, len(i.first.B)+1)
	}
	return i.first.B[i.w:]
}

// took notes that n bytes were read into room.
func (i *inbox) took(n int) {
	i.w += n
	i.read += int64(n)
}

// behind begins what follows a head of n bytes.
func (i *inbox) behind(n int) { i.at = i.r + n }

// window is what is in hand behind the head, or the first part of it.
func (i *inbox) window() []byte {
	if i.at < i.w {
		return i.first.B[i.at:i.w]
	}
	if i.more == nil {
		return nil
	}
	return i.more.B[i.mr:i.mw]
}

// use takes n bytes of the window.
func (i *inbox) use(n int) {
	if i.at < i.w {
		i.at += n
		return
	}
	i.mr += n
}

// roomBehind makes space for more of what follows the head. What comes fast gets a large buffer; what drips holds no more memory than a head.
func (i *inbox) roomBehind(from *buffer.Lender) []byte {
	switch {
	case i.more == nil:
		i.more = from.Get(buffer.Small)
	case i.mr == len(i.more.B) && i.mr < buffer.Large:
		from.Put(i.more)
		i.more = from.Get(buffer.Large)
		i.mr, i.mw = 0, 0
	}
	if i.mr == i.mw {
		i.mr, i.mw = 0, 0
	}
	if i.mw == len(i.more.B) {
		i.mw = copy(i.more.B, i.more.B[i.mr:i.mw])
		i.mr = 0
	}
	return i.more.B[i.mw:]
}

// tookBehind notes that n bytes were read into roomBehind.
func (i *inbox) tookBehind(n int) {
	i.mw += n
	i.read += int64(n)
}

// settle moves to what follows the call: pipelined bytes are kept.
func (i *inbox) settle(to *buffer.Lender) {
	i.r = i.at
	if i.more != nil && i.mr < i.mw && i.r >= i.w {
		i.first, i.more = i.more, i.first
		i.r, i.w = i.mr, i.mw
	}
	if i.r >= i.w {
		i.r, i.w = 0, 0
	}
	to.Put(i.more)
	i.more, i.mr, i.mw = nil, 0, 0
	i.started, i.read = 0, 0
}
