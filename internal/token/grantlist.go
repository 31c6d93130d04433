package token

import "github.com/candor-gateway/candor/internal/access"

// GrantFilter says which grants are meant. The zero value means all.
type GrantFilter struct {
	App     access.AppID // 0: of each
	Subject string       // "": of each member, and of apps for themselves
}

// LiveGrant is a grant that lives, as a store knows it. Of its tokens there is no list: they are kept nowhere.
type LiveGrant struct {
	*access.Grant

	Ends int64 // unix seconds: the end of its last token, refresh tokens too
}
