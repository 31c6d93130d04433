package account

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// SaltBytes is how long the salt of a password is.
const SaltBytes = 16

// keyBytes is how long what is kept of a password is.
const keyBytes = 32

// The most that a kept hash may ask for: a store that somebody has written into must not take the memory or the cores of the machine.
const (
	mostMemory  = 64 << 10 // KiB
	mostTime    = 8
	mostThreads = 4
	mostSalt    = 64
	maxKey      = 64
)

// phc is a hashed password as the PHC string format spells it: $argon2id$v=19$m=19456,t=2,p=1$SALT$HASH, base64 without padding.
type phc struct {
	memory    uint32 // KiB
	time      uint32 // passes
	threads   uint8
	salt, key []byte
}

// Cost is what a hash costs to whoever computes it, guesses passwords among them.
type Cost uint8

const (
	// Ours is the second of the choices that OWASP calls equal: 19 MiB, two passes.
	Ours Cost = iota
	// Least keeps nobody from guessing. It is for tests of what stands around a hash.
	Least
	costs
)

// hashes have neither salt nor key yet.
var hashes = [costs]phc{
	Ours:  {memory: 19 << 10, time: 2, threads: 1},
	Least: {memory: 8, time: 1, threads: 1},
}

// The bounds below are argon2's own (RFC 9106 §3.1): 8 KiB of memory a thread, one pass, a salt of 8 bytes.
func (p *phc) check() error {
	switch {
	case p.threads < 1 || p.threads > mostThreads:
		return fmt.Errorf("its p=%d is not between 1 and %d", p.threads, mostThreads)
	case p.time < 1 || p.time > mostTime:
		return fmt.Errorf("its t=%d is not between 1 and %d", p.time, mostTime)
	case p.memory < 8*uint32(p.threads) || p.memory > mostMemory:
		return fmt.Errorf("its m=%d is not between %d and %d", p.memory, 8*p.threads, mostMemory)
	case len(p.salt) < 8 || len(p.salt) > mostSalt:
		return fmt.Errorf("its salt has %d bytes, not 8 to %d", len(p.salt), mostSalt)
	case len(p.key) < 16 || len(p.key) > maxKey:
		return fmt.Errorf("its hash has %d bytes, not 16 to %d", len(p.key), maxKey)
	}
	return nil
}

var errNoPHC = errors.New("what is kept is not $argon2id$v=19$m=…,t=…,p=…$SALT$HASH")

// parse reads what String wrote, and nothing that is spelled in another way. No error quotes it.
func (p *phc) parse(text string) error {
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != "v=19" {
		return errNoPHC
	}
	var read phc
	if !read.parseCosts(parts[3]) {
		return errNoPHC
	}
	var err error
	if read.salt, err = unpadded.DecodeString(parts[4]); err != nil {
		return errNoPHC
	}
	if read.key, err = unpadded.DecodeString(parts[5]); err != nil {
		return errNoPHC
	}
	if err = read.check(); err != nil {
		return fmt.Errorf("what is kept cannot be right: %w", err)
	}
	if read.String() != text { // as with m=+8, or a line feed in the base64
		return errNoPHC
	}
	*p = read
	return nil
}

func (p *phc) parseCosts(text string) bool {
	costs := strings.Split(text, ",")
	if len(costs) != 3 {
		return false
	}
	for i, c := range []struct {
		name string
		bits int
		take func(uint64)
	}{
		{"m=", 32, func(n uint64) { p.memory = uint32(n) }},
		{"t=", 32, func(n uint64) { p.time = uint32(n) }},
		{"p=", 8, func(n uint64) { p.threads = uint8(n) }},
	} {
		digits, named := strings.CutPrefix(costs[i], c.name)
		n, err := strconv.ParseUint(digits, 10, c.bits)
		if !named || err != nil {
			return false
		}
		c.take(n)
	}
	return true
}

var unpadded = base64.RawStdEncoding.Strict()

// String is the PHC string.
func (p *phc) String() string {
	return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", p.memory, p.time, p.threads, unpadded.EncodeToString(p.salt), unpadded.EncodeToString(p.key))
}
