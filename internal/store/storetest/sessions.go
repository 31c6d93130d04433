package storetest

import (
	"encoding/binary"
	"errors"
	"time"

	"github.com/candor-gateway/candor/internal/account"
	"github.com/candor-gateway/candor/internal/token"
)

// session is one of an account, with a hash of its own, that ends so many seconds after Noon.
func session(hash uint32, of account.ID, ends int64) account.Session {
	one := account.Session{Account: of, Data: []byte{0, byte(hash)}, Ends: Noon.Unix() + ends}
	binary.BigEndian.PutUint32(one.Hash[28:], hash)
	return one
}

func (f *fixture) keep(sessions ...account.Session) {
	f.Helper()
	for _, one := range sessions {
		f.must(f.KeepSession(f.Context(), one))
	}
}

// kept are those of hashes up to most that are there.
func (f *fixture) kept(most uint32) (all []uint32) {
	f.Helper()
	for hash := range most {
		_, err := f.Session(f.Context(), session(hash, 0, 0).Hash)
		if err == nil {
			all = append(all, hash)
		} else if !errors.Is(err, token.ErrNotFound) {
			f.Fatal(err)
		}
	}
	return all
}

func sessionsAreKept(f *fixture) {
	nobodys, one, other := session(1, 0, 60), session(2, 7, 120), session(3, 7, 30)
	_, err := f.Session(f.Context(), one.Hash)
	f.notFound("one that is not there", err)
	f.keep(nobodys, one, other)
	got, err := f.Session(f.Context(), one.Hash)
	f.must(err)
	f.equal("as it was kept", got, one)
	got.Data[1] = 99
	got, err = f.Session(f.Context(), one.Hash)
	f.must(err)
	f.equal("what is returned is the caller's own", got, one)

	nobodys.Account, nobodys.Data, nobodys.Ends = 8, []byte("more"), nobodys.Ends+1
	f.keep(nobodys)
	got, err = f.Session(f.Context(), nobodys.Hash)
	f.must(err)
	f.equal("changed", got, nobodys)

	f.must(f.DropSession(f.Context(), one.Hash))
	f.must(f.DropSession(f.Context(), one.Hash))
	f.equal("one dropped", f.kept(5), []uint32{1, 3})
	n, err := f.Sweep(f.Context(), Noon.Add(30*time.Second))
	f.must(err)
	f.equal("swept", n, 1)
	f.equal("what has not ended", f.kept(5), []uint32{1})
}

// sessionsAreBounded: who makes many pushes out their own, those first that end first, and never the one that was made last.
func sessionsAreBounded(f *fixture) {
	f.keep(session(0, 1, 5), session(1, 2, 1))
	for hash := uint32(2); hash < 2+account.MostSessions; hash++ {
		f.keep(session(hash, 2, int64(hash)))
	}
	all := f.kept(100)
	f.equal("another account's, and the newest", all[:2], []uint32{0, 2})
	f.equal("how many", len(all), 1+account.MostSessions)
	f.keep(session(99, 2, 0))
	_, err := f.Session(f.Context(), session(99, 2, 0).Hash)
	f.must(err)
}

func browserKeyIsMadeOnce(f *fixture) {
	first, err := f.BrowserKey(f.Context())
	f.must(err)
	again, err := f.BrowserKey(f.Context())
	f.must(err)
	if f.equal("the key", again, first); first == [32]byte{} {
		f.Error("the key is empty")
	}
}
