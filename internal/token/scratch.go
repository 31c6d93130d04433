package token

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"hash"
)

// Scratch is what Verify works in: room for the bytes of a token, and the HMAC state of each key it has met. A call keeps
// one and uses it again; the zero value is ready. It is not safe for concurrent use.
type Scratch struct {
	macs []keyedMAC
	buf  [prefixLen + rawLen]byte
	sum  [sha256.Size]byte
}

// keyedMAC is an HMAC whose padded key has gone through the hash already: making one costs eight allocations, Reset none.
type keyedMAC struct {
	key *subkey
	mac hash.Hash
}

// maxMACs bounds what a Scratch keeps over many rotations.
const maxMACs = 32

func (s *Scratch) mac(k *subkey) hash.Hash {
	for i := range s.macs {
		if s.macs[i].key == k {
			s.macs[i].mac.Reset()
			return s.macs[i].mac
		}
	}
	if len(s.macs) == maxMACs {
		clear(s.macs)
		s.macs = s.macs[:0]
	}
	mac := newMAC(k)
	mac.Reset() // the first one saves the state that later ones start from
	s.macs = append(s.macs, keyedMAC{k, mac})
	return mac
}

// open reads the bytes of what has the length of a token and proves them. why is NoFault, Altered or OtherKeys.
func (s *Scratch) open(keys *keyset, kind Kind, cred []byte, now int64) (f facts, why Why) {
	copy(s.buf[:], cred[:prefixLen])
	raw := (*[rawLen]byte)(s.buf[prefixLen:])
	n, err := base64.RawURLEncoding.Decode(raw[:], cred[prefixLen:])
	if err != nil || n != rawLen || raw[atVersion] != version { // the decoder skips line ends: fewer bytes would leave some of the last token
		return f, Altered
	}
	f = parseFacts(raw)
	k := keys.find(f.key, now)
	if k == nil {
		return f, OtherKeys
	}
	mac := s.mac(&k.kinds[kind])
	mac.Write(s.buf[:prefixLen+atMAC])
	if !hmac.Equal(mac.Sum(s.sum[:0])[:rawLen-atMAC], raw[atMAC:]) {
		return f, Altered
	}
	return f, NoFault
}
