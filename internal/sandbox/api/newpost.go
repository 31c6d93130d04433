package api

import (
	"net/http"
	"net/url"
)

// Values that a post may take.
var (
	visibilities = [...]string{"PUBLIC", "CONNECTIONS", "LOGGED_IN", "CONTAINER"}
	states       = [...]string{"PUBLISHED", "DRAFT"}
	feeds        = [...]string{"MAIN_FEED", "NONE"}
	categories   = [...]string{"NONE", "ARTICLE", "IMAGE", "VIDEO"}
)

// mostText is LinkedIn's bound on the text of a post, in characters.
const mostText = 3000

// createPost is POST /rest/posts: 201, x-restli-id, no body.
func (a *API) createPost(r *http.Request, c caller) answer {
	f, bad := readForm(r)
	if bad != nil {
		return *bad
	}
	p := post{
		author:     f.urn("author"),
		text:       f.text("commentary", mostText),
		visibility: f.oneOf("visibility", visibilities[:]),
		state:      f.oneOf("lifecycleState", states[:]),
		noReshare:  f.flag("isReshareDisabledByAuthor"),
	}
	f.oneOf("distribution/feedDistribution", feeds[:])
	return a.create(f, "share", p, c)
}

// createUGC is POST /v2/ugcPosts, the older shape: 201, x-restli-id and the id in the body.
func (a *API) createUGC(r *http.Request, c caller) answer {
	f, bad := readForm(r)
	if bad != nil {
		return *bad
	}
	const content = "specificContent/com.linkedin.ugc.ShareContent/"
	p := post{
		author:     f.urn("author"),
		state:      f.oneOf("lifecycleState", states[:]),
		text:       f.text(content+"shareCommentary/text", mostText),
		visibility: f.oneOf("visibility/com.linkedin.ugc.MemberNetworkVisibility", visibilities[:]),
	}
	f.oneOf(content+"shareMediaCategory", categories[:])
	made := a.create(f, "ugcPost", p, c)
	if made.status == 201 {
		made.body = object{{key: "id", value: made.header[0][1]}}
	}
	return made
}

func (a *API) create(f *form, kind string, p post, c caller) answer {
	if len(f.wrong) > 0 {
		return failInput(f.wrong)
	}
	p.created, p.by = a.now().UnixMilli(), maker(c)
	urn := a.posts.add(kind, p)
	return answer{status: 201, header: [][2]string{{"X-RestLi-Id", urn}}}
}

// maker is who may take a post back: the member who made it, else the app.
func maker(c caller) string {
	if c.member != "" {
		return c.member
	}
	return c.app
}

// getPost is GET /rest/posts/{urn}.
func (a *API) getPost(r *http.Request, _ caller) answer {
	urn := r.PathValue("urn")
	if !isURN(urn) {
		return failPostURN()
	}
	p, found := a.posts.get(urn)
	if !found {
		return notFound("post", urn)
	}
	return ok(p.object())
}

// deletePost is DELETE /rest/posts/{urn}: 204, also for a post that is gone already.
func (a *API) deletePost(r *http.Request, c caller) answer {
	urn := r.PathValue("urn")
	if !isURN(urn) {
		return failPostURN()
	}
	switch a.posts.remove(urn, maker(c)) {
	case removed:
		return answer{status: 204}
	case removalUnknown:
		return notFound("post", urn)
	default: // removalForeign
		return fail(403, 100, "ACCESS_DENIED", "Only the member who made a post can delete it")
	}
}

func failPostURN() answer {
	return failParameter("urn", "The key of a post is its URN, percent-encoded, such as "+url.QueryEscape(SeededPost()))
}
