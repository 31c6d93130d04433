package storetest

import (
	"errors"
	"fmt"

	"github.com/candor-gateway/candor/internal/account"
)

func (f *fixture) developerKeys(of account.ID) []account.DeveloperKey {
	f.Helper()
	all, err := f.DeveloperKeys(f.Context(), of)
	f.must(err)
	return all
}

func (f *fixture) addKey(of account.ID, name string, hash byte) account.DeveloperKey {
	f.Helper()
	k, err := f.AddDeveloperKey(f.Context(), account.DeveloperKey{Account: of, Name: name, Hash: [32]byte{hash}, Created: Noon.Unix()})
	f.must(err)
	return k
}

func developerKeysAreKept(f *fixture) {
	eve, bob := f.createAccount(account.Account{Email: "eve@example.com"}), f.createAccount(account.Account{Email: "bob@example.com"})
	ci := f.addKey(eve.ID, "ci", 1)
	f.equal("as it was added", ci, account.DeveloperKey{ID: ci.ID, Account: eve.ID, Name: "ci", Hash: [32]byte{1}, Created: Noon.Unix()})
	laptop, his := f.addKey(eve.ID, "laptop", 2), f.addKey(bob.ID, "ci", 3)
	_, err := f.AddDeveloperKey(f.Context(), account.DeveloperKey{Account: eve.ID, Name: "ci", Hash: [32]byte{4}})
	f.equal("a name twice", errors.Is(err, account.ErrKeyExists), true)
	_, err = f.AddDeveloperKey(f.Context(), account.DeveloperKey{Account: eve.ID + 10, Name: "ci", Hash: [32]byte{4}})
	f.equal("of no account", err != nil, true)
	f.equal("hers", f.developerKeys(eve.ID), []account.DeveloperKey{ci, laptop})

	f.must(f.UseDeveloperKey(f.Context(), ci.ID, Noon.Unix()+60))
	f.must(f.UseDeveloperKey(f.Context(), ci.ID, Noon.Unix()))
	f.must(f.UseDeveloperKey(f.Context(), his.ID+10, Noon.Unix()))
	got, err := f.DeveloperKey(f.Context(), ci.Hash)
	f.must(err)
	ci.Used = Noon.Unix() + 60
	f.equal("used", got, ci)
	_, err = f.DeveloperKey(f.Context(), [32]byte{9})
	f.notFound("an unknown one", err)

	got, err = f.RevokeDeveloperKey(f.Context(), eve.ID, "ci", Noon.Unix()+90)
	f.must(err)
	ci.Revoked = Noon.Unix() + 90
	f.equal("what was revoked", got, ci)
	got, err = f.DeveloperKey(f.Context(), ci.Hash)
	f.must(err)
	f.equal("it is known as revoked", got, ci)
	_, err = f.RevokeDeveloperKey(f.Context(), eve.ID, "ci", Noon.Unix()+91)
	f.notFound("revoked twice", err)
	again := f.addKey(eve.ID, "ci", 5)
	f.equal("the name is free again", f.developerKeys(eve.ID), []account.DeveloperKey{ci, laptop, again})
	f.equal("his", f.developerKeys(bob.ID), []account.DeveloperKey{his})
}

// developerKeysAreBounded: a new one over the bound is refused, and of those that were revoked the oldest are forgotten.
func developerKeysAreBounded(f *fixture) {
	eve := f.createAccount(account.Account{Email: "eve@example.com"})
	const most = account.MostDeveloperKeys
	for i := range most {
		f.addKey(eve.ID, fmt.Sprint(i), byte(i+1))
	}
	_, err := f.AddDeveloperKey(f.Context(), account.DeveloperKey{Account: eve.ID, Name: "one more", Hash: [32]byte{200}})
	f.equal("one too many", errors.Is(err, account.ErrTooManyKeys), true)
	for i := range most {
		_, err = f.RevokeDeveloperKey(f.Context(), eve.ID, fmt.Sprint(i), Noon.Unix())
		f.must(err)
	}
	f.addKey(eve.ID, "more", 100)
	f.equal("all are known", len(f.developerKeys(eve.ID)), most+1)
	_, err = f.RevokeDeveloperKey(f.Context(), eve.ID, "more", Noon.Unix()+1)
	f.must(err)
	all := f.developerKeys(eve.ID)
	f.equal("as many as may be", len(all), most)
	f.equal("the first is forgotten", all[0].Name, "1")
}

// developerKeysDie with their account.
func developerKeysDie(f *fixture) {
	hers := f.createAccount(ada())
	k := f.addKey(hers.ID, "ci", 1)
	_, _, err := f.EraseMember(f.Context(), "ada", Noon)
	f.must(err)
	_, err = f.DeveloperKey(f.Context(), k.Hash)
	f.notFound("the key of an account that is gone", err)
	f.equal("none are left", len(f.developerKeys(hers.ID)), 0)
}
