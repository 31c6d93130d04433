// Package buffer lends byte buffers in three sizes: small ones for heads and short bodies, medium ones for heads that outgrow them, large ones for what streams.
// It imports nothing of ours.
package buffer

import "sync"

// The sizes, in bytes. A head of the default limits fits a small one in all but freak cases; a large one carries a stream at four writes a megabyte.
const (
	Small  = 16 << 10
	Medium = 64 << 10
	Large  = 256 << 10
)

// Buffer is a borrowed piece of memory. Whoever got it gives it back once, by Put, and keeps no slice of it.
type Buffer struct{ B []byte }

// Lender keeps buffers between their uses. The zero value is ready.
type Lender struct{ small, medium, large sync.Pool }

// Get lends a buffer of at least size bytes. More than Large is made for this one use.
func (l *Lender) Get(size int) *Buffer {
	switch {
	case size <= Small:
		return get(&l.small, Small)
	case size <= Medium:
		return get(&l.medium, Medium)
	case size <= Large:
		return get(&l.large, Large)
	}
	return &Buffer{B: make([]byte, size)}
}

// Put takes a buffer back; nil is nothing.
func (l *Lender) Put(b *Buffer) {
	switch {
	case b == nil:
	case len(b.B) == Small:
		l.small.Put(b)
	case len(b.B) == Medium:
		l.medium.Put(b)
	case len(b.B) == Large:
		l.large.Put(b)
	}
}

// Bigger is how large a buffer is that Grow makes of one of size bytes.
func Bigger(size int) int {
	switch size *= 2; {
	case size <= Small:
		return Small
	case size <= Medium:
		return Medium
	case size <= Large:
		return Large
	}
	return size
}

// Grow returns a buffer of at least size bytes, twice as large as b at the least, that begins with the first used bytes of b, and takes b back.
func (l *Lender) Grow(b *Buffer, used, size int) *Buffer {
	bigger := l.Get(max(size, 2*len(b.B)))
	copy(bigger.B, b.B[:used])
	l.Put(b)
	return bigger
}

func get(p *sync.Pool, size int) *Buffer {
	if b, ok := p.Get().(*Buffer); ok {
		return b
	}
	return &Buffer{B: make([]byte, size)}
}
