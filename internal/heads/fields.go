package heads

import "github.com/candor-gateway/candor/internal/http1"

// notForwarded are the fields of a request that we rewrite, or that only we may say: compared without case and with '_' for '-', since CGI and its heirs
// behind us do not tell them apart.
var notForwarded = set(
	http1.ContentLength, http1.TransferEncoding, http1.Expect, http1.Upgrade, http1.TE, http1.Connection, http1.KeepAlive,
	http1.ProxyConnection, http1.ProxyAuthenticate, http1.ProxyAuthorization,
	http1.XLiUUID, http1.XLiFabric, http1.XLiRequestID,
	http1.CandorApp, http1.CandorMember, http1.CandorScopes, http1.CandorProblem, http1.CandorHops, http1.CandorDebug,
)

// callIDs are the fields in which an id of ours and the caller's own go to the upstream, unless its request_id: says otherwise.
var callIDs = set(http1.XRequestID, http1.XClientRequestID)

// notAnswered are the fields of an answer that we rewrite, or that say what only we may say.
var notAnswered = set(http1.ContentLength, http1.TransferEncoding, http1.Connection, http1.KeepAlive, http1.ProxyConnection,
	http1.CandorProblem, http1.CandorApp, http1.CandorMember, http1.CandorScopes, http1.CandorHops)

// linkedInIDs are an upstream's own spellings of the ids that the linkedin profile sets.
var linkedInIDs = set(http1.XLiUUID, http1.XLiFabric, http1.XLiRequestID)

// crossOrigin are the fields that an API with cors: says itself.
var crossOrigin = set(http1.AccessControlAllowOrigin, http1.AccessControlAllowMethods, http1.AccessControlAllowHeaders,
	http1.AccessControlAllowCredentials, http1.AccessControlExposeHeaders, http1.AccessControlMaxAge)

type names [http1.NameCount]bool

func set(of ...http1.Name) (s names) {
	for _, n := range of {
		s[n] = true
	}
	return s
}

// keptFields are those of an upstream's error that are not about its representation.
var keptFields = set(http1.SetCookie, http1.WWWAuthenticate, http1.RetryAfter, http1.Allow, http1.Location, http1.Link, http1.Vary)
