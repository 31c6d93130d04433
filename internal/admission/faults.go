package admission

import (
	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/token"
	"github.com/candor-gateway/candor/problem"
)

// faultRow is the problem that a fault of the codec is: behind is its detail among the trailers, if that is another one, and limit the limit that was hit.
type faultRow struct {
	of             problem.Type
	detail, behind problem.Detail
	limit          *limit
}

var faults = [http1.KindCount]faultRow{
	http1.Incomplete:            {of: problem.RequestTimeout, detail: problem.DetailHeadTime, limit: &limitHead},
	http1.BareLF:                {of: problem.MalformedRequest, detail: problem.DetailBareLF},
	http1.BareCR:                {of: problem.MalformedRequest, detail: problem.DetailBareCR},
	http1.ControlByte:           {of: problem.MalformedRequest, detail: problem.DetailControlByte},
	http1.ControlInValue:        {of: problem.MalformedRequest, detail: problem.DetailControlInValue},
	http1.TLSHello:              {of: problem.MalformedRequest, detail: problem.DetailTLSHello},
	http1.ProxyProtocol:         {of: problem.MalformedRequest, detail: problem.DetailProxyProtocol},
	http1.OtherProtocol:         {of: problem.MalformedRequest, detail: problem.DetailOtherProtocol},
	http1.ByteOrderMark:         {of: problem.MalformedRequest, detail: problem.DetailByteOrderMark},
	http1.EmptyLines:            {of: problem.MalformedRequest, detail: problem.DetailEmptyLines},
	http1.MethodSyntax:          {of: problem.MalformedRequest, detail: problem.DetailMethodSyntax},
	http1.RequestLineBlank:      {of: problem.MalformedRequest, detail: problem.DetailRequestLineBlank},
	http1.RequestLineTab:        {of: problem.MalformedRequest, detail: problem.DetailRequestLineTab},
	http1.TargetMissing:         {of: problem.MalformedRequest, detail: problem.DetailTargetMissing},
	http1.TargetSpace:           {of: problem.MalformedRequest, detail: problem.DetailTargetSpace},
	http1.TargetForm:            {of: problem.MalformedRequest, detail: problem.DetailTargetForm},
	http1.ConnectTarget:         {of: problem.MalformedRequest, detail: problem.DetailConnectTarget},
	http1.TargetScheme:          {of: problem.MalformedRequest, detail: problem.DetailTargetScheme},
	http1.TargetAuthority:       {of: problem.MalformedRequest, detail: problem.DetailTargetAuthority},
	http1.HostMismatch:          {of: problem.MalformedRequest, detail: problem.DetailHostMismatch},
	http1.VersionMissing:        {of: problem.MalformedRequest, detail: problem.DetailRequestVersion},
	http1.VersionSyntax:         {of: problem.MalformedRequest, detail: problem.DetailVersionSyntax},
	http1.NameByte:              {of: problem.MalformedRequest, detail: problem.DetailNameByte, behind: problem.DetailTrailerSyntax},
	http1.SpaceInName:           {of: problem.MalformedRequest, detail: problem.DetailSpaceInName, behind: problem.DetailTrailerSyntax},
	http1.EmptyName:             {of: problem.MalformedRequest, detail: problem.DetailEmptyName},
	http1.NoColon:               {of: problem.MalformedRequest, detail: problem.DetailNoColon, behind: problem.DetailTrailerSyntax},
	http1.ObsFold:               {of: problem.MalformedRequest, detail: problem.DetailObsFold},
	http1.HostMissing:           {of: problem.MalformedRequest, detail: problem.DetailHostMissing},
	http1.HostRepeated:          {of: problem.MalformedRequest, detail: problem.DetailHostRepeated},
	http1.HostSyntax:            {of: problem.MalformedRequest, detail: problem.DetailHostSyntax},
	http1.HostURL:               {of: problem.MalformedRequest, detail: problem.DetailHostURL},
	http1.HostNotASCII:          {of: problem.MalformedRequest, detail: problem.DetailHostNotASCII},
	http1.TrailingComma:         {of: problem.MalformedRequest, detail: problem.DetailTrailingComma},
	http1.LengthSyntax:          {of: problem.MalformedRequest, detail: problem.DetailLengthSyntax},
	http1.LengthOverflow:        {of: problem.MalformedRequest, detail: problem.DetailLengthOverflow},
	http1.LengthRepeated:        {of: problem.MalformedRequest, detail: problem.DetailLengthRepeated},
	http1.LengthWithCoding:      {of: problem.MalformedRequest, detail: problem.DetailLengthWithCoding},
	http1.CodingSyntax:          {of: problem.MalformedRequest, detail: problem.DetailCodingSyntax},
	http1.CodingRepeated:        {of: problem.MalformedRequest, detail: problem.DetailCodingRepeated},
	http1.CodingInOldVersion:    {of: problem.MalformedRequest, detail: problem.DetailCodingInOldVersion},
	http1.ConnectionSyntax:      {of: problem.MalformedRequest, detail: problem.DetailConnectionSyntax},
	http1.ConnectionEndToEnd:    {of: problem.MalformedRequest, detail: problem.DetailConnectionEndToEnd},
	http1.ChunkSize:             {of: problem.MalformedRequest, detail: problem.DetailChunkSize},
	http1.ChunkSizeOverflow:     {of: problem.MalformedRequest, detail: problem.DetailChunkSizeOverflow},
	http1.ChunkExtension:        {of: problem.MalformedRequest, detail: problem.DetailChunkExtension},
	http1.ChunkEnd:              {of: problem.MalformedRequest, detail: problem.DetailChunkEnd},
	http1.ForbiddenTrailer:      {of: problem.MalformedRequest, detail: problem.DetailForbiddenTrailer},
	http1.ChunkLineTooLong:      {of: problem.MalformedRequest, detail: problem.DetailChunkLineTooLong},
	http1.HTTP2Preface:          {of: problem.HTTPVersion, detail: problem.DetailHTTP2Preface},
	http1.Version:               {of: problem.HTTPVersion},
	http1.MethodTooLong:         {of: problem.NotImplemented, detail: problem.DetailMethodTooLong},
	http1.UnknownTransferCoding: {of: problem.NotImplemented, detail: problem.DetailTransferCoding},
	http1.StatusLineSyntax:      {of: problem.UpstreamInvalid, detail: problem.DetailStatusLine},
	http1.StatusCode:            {of: problem.UpstreamInvalid, detail: problem.DetailStatusCode},
	http1.URITooLong:            {of: problem.URITooLong, limit: &limitRequestLine},
	http1.HeadTooLarge:          {of: problem.HeadersTooLarge, limit: &limitHead},
	http1.TooManyFields:         {of: problem.HeadersTooLarge, detail: problem.DetailTooManyFields, behind: problem.DetailTooManyTrailers, limit: &limitFields},
	http1.TrailersTooLarge:      {of: problem.HeadersTooLarge, detail: problem.DetailTrailersTooLarge, limit: &limitTrailers},
	http1.ExpectationFailed:     {of: problem.ExpectationFailed},
}

// limit is one of the codec's: its key in the configuration, and how much it is.
type limit struct {
	key string
	of  func(*http1.Limits) int
}

var (
	limitRequestLine = limit{"request_line", func(l *http1.Limits) int { return l.RequestLine }}
	limitHead        = limit{"head", func(l *http1.Limits) int { return l.Head }}
	limitFields      = limit{"fields", func(l *http1.Limits) int { return l.Fields }}
	limitTrailers    = limit{"trailers", func(l *http1.Limits) int { return l.Trailers }}
)

// parts are where a fault stands, as its problem names it.
var parts = [...]string{http1.InHead: "request head", http1.InChunk: problem.PartChunk, http1.InTrailers: "trailers"}

// FromFault writes the problem that the codec's fault f in b is; for one in a chunked body b is what the decoder calls its line. lim has the limit that was hit.
func FromFault(p *problem.Problem, f http1.Fault, b []byte, lim *http1.Limits) {
	row := &faults[f.Kind]
	*p = problem.Problem{
		Type: row.of, Detail: row.detailIn(f.In), Part: parts[f.In], At: f.Column, Line: f.Line,
		Field: f.Field.Of(b), Excerpt: f.Excerpt.Of(b),
	}
	if row.limit != nil {
		p.Name, p.Limit = row.limit.key, int64(row.limit.of(lim))
	}
}

func (r *faultRow) detailIn(w http1.Where) problem.Detail {
	if w == http1.InTrailers && r.behind != problem.NoDetail {
		return r.behind
	}
	return r.detail
}

// FromAnswerFault writes for the log which fault of the codec an upstream's answer has; its field is given apart. The caller is told no more than
// upstream_invalid.
func FromAnswerFault(p *problem.Problem, f http1.Fault, field []byte) {
	p.Detail, p.Field = faults[f.Kind].detailIn(f.In), field
	p.Part, p.Line, p.At = answerParts[f.In], f.Line, f.Column
}

var answerParts = [...]string{http1.InHead: "answer head", http1.InChunk: problem.PartChunk, http1.InTrailers: "trailers"}

// whys says which cause of invalid_access_token each finding of the verifier is.
var whys = [...]problem.Detail{
	token.NoFault:       problem.NoDetail,
	token.NeverOurs:     problem.DetailTokenNotOurs,
	token.Truncated:     problem.DetailTokenTruncated,
	token.Overlong:      problem.DetailTokenTooLong,
	token.Altered:       problem.DetailTokenAltered,
	token.WrongKind:     problem.DetailTokenWrongKind,
	token.NotB64:        problem.DetailTokenSyntax,
	token.OtherKeys:     problem.DetailTokenOtherKeys,
	token.FromTheFuture: problem.DetailTokenFromFuture,
}

// revokedDetail says why a grant is dead; a live one means that the token alone was revoked.
func revokedDetail(g *access.Grant) problem.Detail {
	switch g.Reason() {
	case access.ByMember:
		return problem.DetailRevokedByMember
	case access.ScopeChanged:
		return problem.DetailRevokedByScopeChange
	case access.ByOperator:
		return problem.DetailRevokedByOperator
	case access.ByApp:
		return problem.DetailRevokedByApp
	case access.Reused:
		return problem.DetailRevokedByReuse
	case access.NotRevoked:
	}
	return problem.DetailRevokedToken
}
