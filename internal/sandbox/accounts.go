package sandbox

import (
	"crypto/rand"

	"github.com/candor-gateway/candor/internal/account"
)

// Developers gives those who own the apps of the sandbox. They are no members.
func Developers() []Developer {
	d := Developer{Email: developerEmail, Password: "sandbox-developer"}
	for i := range apps {
		d.Apps = append(d.Apps, apps[i].Name)
	}
	return []Developer{d}
}

// developerKey is a key of a developer that is made anew at each start, and told before there is an account to give it to.
type developerKey struct {
	email  string
	random [account.DeveloperKeyBytes]byte
}

// keyName is what these keys are called.
const keyName = "sandbox"

// withKeys gives each developer a key.
func withKeys(developers []Developer) []developerKey {
	keys := make([]developerKey, len(developers))
	for i := range developers {
		keys[i].email = developers[i].Email
		_, _ = rand.Read(keys[i].random[:]) // it never fails
		developers[i].Key = account.DeveloperKeyText(keys[i].random)
	}
	return keys
}

const developerEmail = "robin.developer@example.com"

// hashes are those of the passwords of the members, in their order, and then of the developers. They were made beforehand: to make them takes longer than all
// else of a start.
var hashes = [...]string{
	"$argon2id$v=19$m=19456,t=2,p=1$yy2jtt35VlvEBpXKFvu8kw$5vnedRwdLM8zQ/rgw05XKLrmvhm0LawN5dEuF3wvDl4",
	"$argon2id$v=19$m=19456,t=2,p=1$4DjcD/Og5ZkFEzESx+nCkw$nFddNeSsAVFHWePlGd0lfDz/2qB4TS3rSdX3xWk/8WA",
	"$argon2id$v=19$m=19456,t=2,p=1$V5FmR/LTh7mAE3d7g7YaPw$dDpqNskwxLW1o+SUs61ZEQM73/y69woSEpj3/rR0ZSs",
	"$argon2id$v=19$m=19456,t=2,p=1$FeSSAFQ9yYgMOpC39jO7VQ$nE9o5JbvRIQREo1w3WLl+fiFRW5uD/LguEUecd3Fumc",
	"$argon2id$v=19$m=19456,t=2,p=1$vx8CpUNI8NDUrHEB2dXpXw$PoSJq/2v5Sb+wFRX1yLiwtdIQ+/o+t6EFsWk1zloojQ",
	"$argon2id$v=19$m=19456,t=2,p=1$gym0b7E7BVXUC3LpqkJrzQ$KPmLAhcyUCYauodqCZn7fbc66MXbMziz7GK826eQQZI",
	"$argon2id$v=19$m=19456,t=2,p=1$4hg2pfer+gpvo92lIufrbQ$Kq6rI1RkE582Sl9D8pz4CNZWzp9YSg6ck4XptGWvsJM",
	"$argon2id$v=19$m=19456,t=2,p=1$rra/zZL/NLOOHkE+UQ/4ew$uHih5XusuK86yMuKld9vRlEyPUFdevvJvjZm48Va8nU",
	"$argon2id$v=19$m=19456,t=2,p=1$tOGV5eglfeut7ZagFZAyrA$gIuBICRwmC9m7DB7Lo5aweD7pxON/kBMLOA0BeusRA4",
	"$argon2id$v=19$m=19456,t=2,p=1$J0Rqo+RieNMarUN7qSivFw$qxyibLMRvt9ruby+sJ61BG7wIJaI8gwVUpGOJefsXAQ",
	"$argon2id$v=19$m=19456,t=2,p=1$+PXW8UQvHt6DmR0RuzzkxA$pvLqYncG+Ai+iXa4AlEpXR7SskFrQX45PUmadhWRPf8",
	"$argon2id$v=19$m=19456,t=2,p=1$rViwFlibYekI6RVpL3ugKw$JCd/w6HHaDFgOt5BFuwb47IcNAJz94IjgKrz90Lo8Wc",
	"$argon2id$v=19$m=19456,t=2,p=1$t5fQ3xFr0ArYZLrXInxxkQ$XDeBkkv+GwR9+pG7p7gTH+Gd58b1ThZo6U4boEY2tzE",
}

// accounts are what signs in at the sandbox.
func accounts() (all []account.Account) {
	for _, m := range Members() {
		all = append(all, account.Account{Email: m.Email, Member: m.ID, Roles: account.Roles(0).With(account.Member)})
	}
	for _, d := range Developers() {
		all = append(all, account.Account{Email: d.Email, Roles: account.Roles(0).With(account.Developer)})
	}
	for i := range all {
		all[i].Password = hashes[i]
	}
	return all
}
