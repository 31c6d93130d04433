package problem

// Detail says which cause of a row it was: a sentence fragment, a fix of its own where there is one, and the row that it belongs to.
// The zero Detail is no known cause.
type Detail uint8

// What is wrong with the head or the framing of a message: causes of malformed_request and, from an upstream, of upstream_invalid.
const (
	NoDetail Detail = iota
	DetailBareLF
	DetailBareCR
	DetailControlByte
	DetailControlInValue
	DetailTLSHello
	DetailProxyProtocol
	DetailOtherProtocol
	DetailByteOrderMark
	DetailEmptyLines
	DetailMethodSyntax
	DetailRequestLineBlank
	DetailRequestLineTab
	DetailTargetMissing
	DetailTargetSpace
	DetailTargetForm
	DetailConnectTarget
	DetailTargetScheme
	DetailTargetAuthority
	DetailHostMismatch
	DetailRequestVersion
	DetailVersionSyntax
	DetailNameByte
	DetailSpaceInName
	DetailEmptyName
	DetailNoColon
	DetailObsFold
	DetailHostMissing
	DetailHostRepeated
	DetailHostSyntax
	DetailHostURL
	DetailHostNotASCII
	DetailTrailingComma
	DetailLengthSyntax
	DetailLengthOverflow
	DetailLengthRepeated
	DetailLengthWithCoding
	DetailCodingSyntax
	DetailCodingRepeated
	DetailCodingInOldVersion
	DetailConnectionSyntax
	DetailConnectionEndToEnd
	DetailChunkSize
	DetailChunkSizeOverflow
	DetailChunkLineTooLong
	DetailChunkExtension
	DetailChunkEnd
	DetailForbiddenTrailer
	DetailTrailerSyntax
	DetailPlainOnTLS

	// Causes of invalid_url.
	DetailBadEscape
	DetailEncodedControl
	DetailRawControl
	DetailRawByte
	DetailBackslash
	DetailFragment
	DetailEmptySegment
	DetailEncodedSlash
	DetailEncodedBackslash
	DetailDotSegment
	DetailQueryByte
	DetailAnotherRoute

	// Causes of invalid_body.
	DetailUnexpectedByte
	DetailUnexpectedEnd
	DetailEmptyBody
	DetailBodyMark
	DetailBodyAfterEnd
	DetailBodyEncoding
	DetailBodyTooDeep
	DetailBadString
	DetailBadNumber
	DetailDuplicateKey
	DetailBlankBody
	DetailCompressedBody
	DetailMultipartBody
	DetailFormBody
	DetailMarkupBody
	DetailFileNameBody
	DetailEncodedBody
	DetailObjectAsText
	DetailSingleQuotes
	DetailCurlyQuotes
	DetailEscapedQuotes
	DetailPlaceholderInBody
	DetailJSONComment
	DetailCommaBeforeEnd
	DetailMissingComma
	DetailMissingColon
	DetailForeignLiteral
	DetailBareWord
	DetailBareName

	// Causes of invalid_input.
	DetailOverrideRefused
	DetailTunnelMethod
	DetailTunnelBody
	DetailTunnelQuery
	DetailUnknownFault
	DetailBadParameter
	DetailUnknownParameter
	DetailRepeatedParameter
	DetailParameterForm
	DetailParameterBeside

	// Causes of ambiguous_credentials.
	DetailTwoAuthorization
	DetailHeaderAndURL
	DetailTwoInURL

	// Causes of unknown_auth_scheme, token_in_url and empty_access_token.
	DetailNoScheme
	DetailSchemeMarks
	DetailNoAuthorization
	DetailEmptyAuthorization
	DetailBearerOnly
	DetailNoDeveloperKey

	// Causes of invalid_access_token.
	DetailTokenNotOurs
	DetailTokenTruncated
	DetailTokenTooLong
	DetailTokenAltered
	DetailTokenWrongKind
	DetailTokenSyntax
	DetailTokenPlaceholder
	DetailTokenBearerTwice
	DetailTokenUnknownGrant
	DetailTokenOtherKeys
	DetailTokenFromFuture
	DetailTokenNotTaken
	DetailTokenMalformed
	DetailTokenEncrypted
	DetailTokenExtension
	DetailTokenAlgorithm
	DetailTokenType
	DetailTokenIssuer
	DetailTokenKey
	DetailTokenSignature
	DetailTokenClaim
	DetailTokenAudience
	DetailTokenIsIDToken
	DetailTokenBound
	DetailTokenNotYet
	DetailTokenNotActive
	DetailNotDeveloperKey
	DetailDeveloperKeyUnknown

	// Causes of revoked_access_token.
	DetailRevokedByMember
	DetailRevokedByScopeChange
	DetailRevokedByApp
	DetailRevokedByOperator
	DetailRevokedByReuse
	DetailRevokedToken
	DetailRevokedDeveloperKey

	// Causes of access_denied and resource_not_found.
	DetailNotADeveloper
	DetailNoRecord
	DetailNoApp

	// Causes of request_timeout.
	DetailHeadTime
	DetailBodyGap
	DetailBodyRate
	DetailBodyTime

	// Causes of length_required, unsupported_media_type, headers_too_large and misdirected_request.
	DetailLengthNotChunked
	DetailTypeMissing
	DetailEncodingUnsupported
	DetailTooManyFields
	DetailTooManyTrailers
	DetailTrailersTooLarge
	DetailNoProxy
	DetailNotThisCertificate
	DetailHostNotNamed

	// Causes of preflight_denied.
	DetailPreflightOrigin
	DetailPreflightOff
	DetailPreflightRoute
	DetailPreflightMethod
	DetailPreflightHeader
	DetailUpgradeOrigin

	// Causes of infrastructure_protection and service_unavailable.
	DetailInFlight
	DetailDraining
	DetailConnections
	DetailMemory
	DetailBreaker
	DetailNoUpstream
	DetailUpgrades
	DetailUpstreamInFlight

	// Causes of token_verification_failed, not_implemented and http_version.
	DetailStoreDown
	DetailIssuerDown
	DetailUnknownMethod
	DetailMethodCase
	DetailTransferCoding
	DetailMethodTooLong
	DetailHTTP2Preface
	DetailConnect
	DetailMethodCaseHere
	DetailMethodCaseOnly
	DetailUpgrade
	DetailUpgradeBody

	// Causes of upstream_unreachable.
	DetailDNS
	DetailRefused
	DetailTLS
	DetailCertificate
	DetailNoRoute

	// Causes of upstream_broke.
	DetailReset
	DetailEndedEarly

	// Causes of upstream_invalid, said in the log only.
	DetailStatusLine
	DetailStatusCode
	DetailNotHTTP
	DetailUpstreamHeadTooLarge
	DetailUpstreamFields
	DetailUpstreamChunkLine
	DetailUpstreamTrailers
	DetailUnaskedSwitch
	DetailTooManyInterims
	DetailUpstreamProxyAuth

	// Causes of gateway_timeout.
	DetailConnectTime
	DetailTLSTime
	DetailWriteStall
	DetailFirstByteTime
	DetailGapTime
	DetailCallTime
	DetailOnlyIfCached

	detailCount
)

// Name is the detail's key in lower case, as logs and errorDetails (in capitals) say it: "bare_lf". NoDetail has the empty name.
func (d Detail) Name() string {
	if d >= detailCount {
		return ""
	}
	return details[d].name
}

// String is the name.
func (d Detail) String() string { return d.Name() }

// Type is the row that the detail is a cause of. Some fit others too: a framing fault of an upstream is upstream_invalid.
func (d Detail) Type() Type {
	if d >= detailCount {
		return None
	}
	return details[d].of
}

// Details lists the known causes of a row that something names.
func Details(t Type) []Detail {
	var all []Detail
	for d := DetailBareLF; d < detailCount; d++ {
		if details[d].of == t && !laterDetails[d] {
			all = append(all, d)
		}
	}
	return all
}
