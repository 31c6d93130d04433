package portal

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"slices"

	"github.com/candor-gateway/candor/internal/account"
)

// A browser that has signed in is known by a cookie: a random number, and for each of the last accounts a mark that nobody can make without our key. Whoever
// guesses passwords from elsewhere does not use up what such a browser may try.
const (
	numberBytes = 16
	markBytes   = 16
	marksMost   = 4
)

// Known reports whether a request comes from a browser at which the account has signed in since its sessions were voided last.
func (s *Sessions) Known(r *http.Request, a *account.Account) bool {
	number, marks := s.names.marks(r)
	return number != nil && slices.ContainsFunc(marks, func(mark []byte) bool { return hmac.Equal(mark, s.markOf(number, a)) })
}

// Remember makes the browser known to the account, which has just signed in at it.
func Remember(ctx context.Context, w http.ResponseWriter, r *http.Request, a *account.Account) {
	v := visitOf(ctx)
	if v == nil {
		return
	}
	s := v.sessions
	number, marks := s.names.marks(r)
	if number == nil {
		number = make([]byte, numberBytes)
		rand.Read(number) // never fails
	}
	own := s.markOf(number, a)
	marks = slices.DeleteFunc(marks, func(mark []byte) bool { return hmac.Equal(mark, own) })
	marks = slices.Insert(marks, 0, own)
	value := number
	for _, mark := range marks[:min(len(marks), marksMost)] {
		value = append(value, mark...)
	}
	s.names.mark(w.Header(), base64.RawURLEncoding.EncodeToString(value))
}

// markOf is the mark of an account at the browser of a number.
func (s *Sessions) markOf(number []byte, a *account.Account) []byte {
	mac := hmac.New(sha256.New, s.o.Key[:])
	mac.Write(number)
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(a.ID)))
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(a.Voided)))
	return mac.Sum(nil)[:markBytes]
}

// marks reads the cookie by which a browser is known; nil where it is none of ours.
func (c *cookies) marks(r *http.Request) (number []byte, marks [][]byte) {
	cookie, err := r.Cookie(c.browser)
	if err != nil {
		return nil, nil
	}
	value, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if n := len(value) - numberBytes; err != nil || n < 0 || n%markBytes != 0 || n > marksMost*markBytes {
		return nil, nil
	}
	return value[:numberBytes:numberBytes], slices.Collect(slices.Chunk(value[numberBytes:], markBytes))
}
