package explain

// chances are causes with how likely each is where a sign is seen, in percent. They need not make a hundred: several can fit.
type chances map[string]int

// clue is a sign that a failure shows, and the causes that it speaks for. The words are a regular expression, and case does not count.
type clue struct {
	words string
	fits  chances
}

// oauthClues are what authorization servers answer, of any maker: the code of the standard, the maker's own, and their usual words.
var oauthClues = []clue{
	// One word for everything that is wrong with a code, a refresh token or an assertion.
	{`invalid[ _]?grant`, chances{"code-used-twice": 22, "code-expired": 18, "redirect-mismatch": 18, "refresh-revoked": 18, "refresh-race": 14, "pkce-mismatch": 8, "other-client": 8, "clock-skew": 6, "refresh-inactive": 6, "test-mode-expiry": 6}},
	{`invalid[ _]?grant(.|\n)*refresh|refresh(.|\n)*invalid[ _]?grant|refresh[ _]?token (is |has |was )?(been )?(invalid|expired|revoked|not (found|valid|active))|(invalid|unknown|expired|malformed) refresh[ _]?token|invalid[ _]?grant(.|\n)*(token|session) (is )?not active`, chances{"refresh-revoked": 35, "refresh-race": 25, "refresh-inactive": 20, "other-client": 8, "test-mode-expiry": 8}},
	{`(authorization )?code (is |has |was )?(been )?(already )?(used|redeemed|consumed|reused)|already (been )?(redeemed|used|exchanged|consumed)|54005|70008.*already|code not valid|duplicate.{0,20}code|code[^\n]{0,24}(only (be )?(used )?once|single.use|one.time)`, chances{"code-used-twice": 75, "code-expired": 10}},
	{`(authorization |auth )?code (is |has |was )?(been )?(invalid or )?expired|expired (authorization )?code|code.{0,30}(no longer valid|too old|lifetime)|AADSTS70008\b|bad_verification_code`, chances{"code-expired": 55, "code-used-twice": 30}},
	{`(malformed|bad|incorrect|invalid) (auth(orization)? )?code\b|code (is |was )?(invalid|incorrect|not found|unknown)`, chances{"code-used-twice": 35, "code-expired": 30, "other-client": 12, "redirect-mismatch": 10}},
	{`redirect[_ ]ur[il].{0,40}(mismatch|does ?n.t match|do not match|not match|differ|is not the (one|same)|invalid|incorrect)|(invalid|incorrect|mismatch\w*|wrong)[ _]redirect[_ ]ur[il]`, chances{"redirect-mismatch": 45, "redirect-not-registered": 30}},
	{`(provided|used|sent|given|same)[^\n]{0,24}(when|while|for|in) (requesting|asking|the (authori[sz]ation|first|original))[^\n]{0,24}(code|request)|AADSTS500112\b`, chances{"redirect-mismatch": 80}},
	{`invalid[ _]?grant(.|\n)*redirect[_ ]ur[il]`, chances{"redirect-mismatch": 70}},
	{`origin_mismatch|javascript origins?[^\n]{0,40}(not|mismatch)|AADSTS500113|idpiframe_initialization_failed|redirect_ur[il][^\n]{0,20}must match|invalid (redirect|callback|return)[ _]?(ur[il])?\b`, chances{"redirect-not-registered": 65, "redirect-mismatch": 10}},
	{`redirect[_ ]?ur[il][^\n]{0,30}not match any|(configured|registered|allowed|authorized|permitted) (redirect |callback )?ur[il]s?|passed ur[il]`, chances{"redirect-not-registered": 72}},
	{`redirect_uri_mismatch|AADSTS50011|redirect[_ ]ur[il].{0,60}(not (registered|allowed|whitelisted|allow.?listed|configured|specified|in the list|permitted)|does not match.{0,40}(registered|configured))|callback url mismatch|not associated with this application|URL blocked`, chances{"redirect-not-registered": 80, "redirect-mismatch": 10}},
	{`(issued|belongs?|assigned|bound) (to|for) (a |an |this |the )?(other|another|different)? ?(client|app)|(not|n.t) (issued|belong|valid|intended|meant) (to|for) (a |an |this |the )?(other|different)? ?(client|app)|client.?id.{0,30}(mismatch|(does not|doesn.t) match)|client (mis)?match`, chances{"other-client": 75}},
	{`(token|code)[^\n]{0,24}client[^\n]{0,40}(don.t|do not|doesn.t|does not|not) match|(client|app\w*)[^\n]{0,24}not (the )?(holder|owner)|not the token holder|(token|code) (was |is )?(not )?(issued|meant|granted) (for|to)[^\n]{0,24}(client|app|other|different)`, chances{"other-client": 82}},
	{`not allowed to exchange|exchange[^\n]{0,24}not (allowed|permitted|enabled|supported)|client[^\n]{0,24}not (allowed|permitted|enabled|authorized) (to|for)`, chances{"grant-not-allowed": 72}},
	{`invalid_code\b`, chances{"code-expired": 40, "code-used-twice": 40, "redirect-mismatch": 10}},
	{`pkce.{0,40}(fail|invalid|mismatch|incorrect|error|not match)|(^|[^/])(code[_ ]?verifier|code[_ ]?challenge).{0,60}(invalid|incorrect|mismatch|fail|wrong|(does not|doesn.t|did not|not) (match|correspond))|(invalid|incorrect|failed|mismatch\w*) (pkce|code[_ ]?verifier|code[_ ]?challenge)|AADSTS(501481|50148)\b`, chances{"pkce-mismatch": 80}},
	{`(missing|required|must|require|expected|needs?|lacks?)[^\n]{0,40}(code[_ ]?challenge|pkce|proof key)|(code[_ ]?challenge|pkce|proof key)[^\n]{0,24}(required|missing|is enforced|must|not (present|supplied|provided|found))|AADSTS9002325`, chances{"pkce-required": 80}},
	{`(missing|required|must|no)[^\n]{0,30}code[_ ]?verifier|code[_ ]?verifier[^\n]{0,40}(required|missing|not (present|supplied|provided|specified))|(code[_ ]?)?verifier[^\n]{0,40}(empty|non-empty|could not be (parsed|read|found)|null|undefined|cookie)`, chances{"pkce-mismatch": 70, "pkce-required": 10}},

	// Google, Entra, LinkedIn, in their own words.
	{`reasonable timeframe|short-lived token|iat and exp|token used too early|AADSTS700024|assertion.{0,60}(expired|valid time range|lifetime|future|clock)`, chances{"clock-skew": 85}},
	{`invalid[ _]?grant(.|\n)*invalid jwt signature|invalid jwt signature(.|\n)*invalid[ _]?grant`, chances{"jwt-signature": 60, "client-secret-wrong": 30}},
	{`token has been expired or revoked`, chances{"refresh-revoked": 35, "test-mode-expiry": 25, "refresh-inactive": 15}},
	{`AADSTS50173|password (was |has )?(been )?(changed|reset)|(changed|reset) (his |her |their |the |a )?password|AADSTS50133|consent.{0,20}revoked|(grant|authorization|access).{0,30}(was |been |being )revoked|token (was |has been )revoked`, chances{"refresh-revoked": 75}},
	{`AADSTS(700082|70043|700084|50078|70008)\b|due to inactivity|was inactive for|(absolute|idle|maximum|max) (lifetime|age|timeout).{0,30}(exceeded|reached|expired)|sign-in frequency`, chances{"refresh-inactive": 80}},
	{`refresh[_ -]?token[^\n.]{0,40}(already|consumed|replayed|superseded|rotated|reuse)|(old|stale|previous|superseded|rotated|replayed) refresh[_ -]?token`, chances{"refresh-race": 80, "refresh-revoked": 12}},
	{`(incorrect|unknown|wrong|invalid|bad)[^\n]{0,20}refresh[_ -]?token|refresh[_ -]?token[^\n]{0,20}(incorrect|unknown|not found|wrong)`, chances{"refresh-race": 25, "refresh-revoked": 20, "other-client": 10}},
	{`reuse(d)? (was )?detect|already rotated|rotat|refresh token (was |has been )?(already )?(used|reused|consumed)|maximum allowed refresh token reuse|family.{0,20}revoked`, chances{"refresh-race": 70, "refresh-revoked": 15}},
	{`redirect uri/code verifier does not match|(appid|client).{0,60}does not match authorization code`, chances{"redirect-mismatch": 50, "code-used-twice": 50, "code-expired": 40, "pkce-mismatch": 20, "other-client": 20}},

	// The client.
	{`invalid[ _]?client`, chances{"client-secret-wrong": 35, "client-auth-method": 20, "secret-not-encoded": 14, "client-unknown": 14, "hidden-character": 8}},
	{`AADSTS(7000215|7000222|50013)\b|client.?secret.{0,60}(invalid|incorrect|wrong|expired|mismatch|not match|ended)|(invalid|incorrect|wrong|bad|expired) client.?(secret|credential)|incorrect_client_credentials|secret keys? (are|is) expired`, chances{"client-secret-wrong": 80}},
	{`AADSTS7000218\b|must contain[^\n]{0,40}client_(secret|assertion)`, chances{"client-auth-method": 50, "grant-not-allowed": 30}},
	{`(leave|left|leaving)[^\n]{0,24}(secret|it) out\b|(omit\w*|without|no|lack\w*|forgot|miss\w*)[^\n]{0,16}client.?secret\b|secret[^\n]{0,30}(left out|omitted|is missing|not sent|not (included|part))|with a secret; |(public|confidential) client`, chances{"client-auth-method": 40}},
	{`client_?(id|secret)[^\n]{0,40}(in|via|as|through) (the |an? )?(request )?(body|header|form|authorization|basic)|(must|has to|have to|should) be (provided|sent|present|included|passed)[^\n]{0,16}(in|via|as) the (body|header|authorization|form)`, chances{"client-auth-method": 72}},
	{`token_endpoint_auth_method|client_secret_(basic|post|jwt)|private_key_jwt|(unsupported|invalid|only one|multiple|more than one).{0,30}(client )?auth(entication)? (method|mechanism)|client credentials.{0,40}(header|body)`, chances{"client-auth-method": 75}},
	{`AADSTS(700016|90002|7000112)\b|(client|application).{0,60}(was |is |could )?(not (be )?(found|known|exist)|unknown|does not exist|disabled|deleted)|unknown client|no such client|(client|app)_?id.{0,20}(not found|unknown)|deleted_client|OAuth client was not found`, chances{"client-unknown": 80, "client-secret-wrong": 8}},
	{`unauthorized_client`, chances{"grant-not-allowed": 55, "client-unknown": 12, "scope-not-granted": 10, "client-auth-method": 8}},
	{`unsupported_(grant|response)_type`, chances{"grant-not-allowed": 40, "form-expected": 45}},
	{`(grant|response)[_ ]?type.{0,60}(not (allowed|permitted|enabled|supported|authorized)|disabled|invalid([^_]|$))|not (allowed|authorized|enabled|permitted).{0,40}(grant|flow|response)|(service accounts?|direct access grants?|standard flow|implicit flow|client credentials flow).{0,20}not (enabled|allowed)|AADSTS(700054|70001|9002326)\b|cross-origin token redemption`, chances{"grant-not-allowed": 75}},
	{`(missing|required|no|invalid|must)[^\n]{0,40}grant_type|grant_type[^\n]{0,40}(missing|required|not (present|supplied|found))|AADSTS900144|(must|should|has to|expect\w*|only|unsupported|not)[^\n]{0,60}x-www-form-urlencoded|missing[^\n]{0,12}(code|client_id|redirect_uri|required param\w*)[^\n]{0,12}(in|from) (the )?(request|body|form)|content.type[^\n]{0,24}(must|should|has to|not|invalid|wrong)[^\n]{0,40}form`, chances{"form-expected": 70}},

	// Scopes, consent, sign-in.
	{`(callback|redirect)[^\n]{0,80}\b(is|are|was) not (in|among|listed|registered|added|there|one of)|allow-?list[^\n]{0,40}not configured|(redirect|callback)[^\n]{0,24}allow-?list`, chances{"redirect-not-registered": 75}},
	{`invalid (parameter|param|value|argument)[^\n]{0,24}\bredirect_?ur[il]|(parameter|param)[^\n]{0,12}redirect_ur[il][^\n]{0,12}(invalid|wrong)`, chances{"redirect-not-registered": 75}},
	{`invalid (parameter|param|value|argument)[^\n]{0,24}\bscopes?\b|scopes? (is |are )?not (configured|defined|registered|known)`, chances{"scope-unknown": 78}},
	{`scope=[^&\s]*[^&\s%](%2C|,)`, chances{"scope-unknown": 40}},
	{`(refresh[_ ]?token|offline session) (has |is |was )?(been )?(expired|not active|timed? ?out|ended)|invalid[ _]?grant(.|\n)*(session|token) (is )?not active|invalid[ _]?grant(.|\n)*session[^\n]{0,24}(doesn.t|not|no) (have|exist|found|active)`, chances{"refresh-inactive": 35, "refresh-revoked": 10}},
	{`invalid_scope|scope.{0,40}(invalid|unknown|malformed|does not exist|not (found|valid|supported|recognized))|(invalid|unknown) (oauth )?scopes?|AADSTS(70011|650053)\b|Invalid Scopes`, chances{"scope-unknown": 60, "scope-not-granted": 25}},
	{`unauthorized_scope|scope[^\n]{0,60}(not[ _](authorized|allowed|approved|granted|enabled|permitted|assigned))|(not (authorized|allowed|approved) (for|to (use|request)))[^\n]{0,40}(scope|permission)`, chances{"scope-not-granted": 80, "scope-unknown": 10}},
	{`checks\.state|InvalidState|state_?mismatch|state.{0,40}(mismatch|missing|does ?n.t match|did ?n.t match|do not match|not match|invalid|undefined|not found|expired|lost|differ)|(invalid|missing|mismatch\w*|wrong|unverified|unable to verify.{0,20}) state|authorization_request_not_found|(state|session|auth\w*|login|correlation|csrf|verification|pkce|nonce|our)[ _]cookie[^\n]{0,60}(not (be )?(found|present|sent|part|set|there|included)|missing|lost|absent|blocked|gone)|\w*(verifier|state|nonce|pkce|auth)\w*[ _]cookie[^\n]{0,40}(missing|not found|lost|absent)|cookie (of|for) (our|the) (session|state|login)[^\n]{0,60}(not|missing|lost|gone)|cookie[^\n]{0,40}not (be )?(found|sent|present)[^\n]{0,60}(callback|state|redirect)|callback[^\n]{0,80}cookie[^\n]{0,40}(not|missing|lost|absent)|CSRF.{0,20}(warning|state|detected)|MismatchingStateError|nonce.{0,30}(mismatch|does not match|missing|not match)|correlation failed`, chances{"state-lost": 80}},
	{`\b(no|missing|without)( local| stored| saved)?( oidc| oauth2?| login| auth)? state\b|(session|record)[^\n]{0,40}not found in (the )?(store|session)|session (is|was) (a )?new`, chances{"state-lost": 55}},
	{`AADSTS65005\b|not subscribed to`, chances{"scope-not-granted": 60, "consent-missing": 55}},
	{`(^|[^%])%0[ad]\b|echo [^-|\n][^|\n]{0,40}\| ?base64`, chances{"hidden-character": 65}},
	{`error=access_denied|"error": ?"access_denied"|error: access_denied|user_cancel\w*|user (has )?(denied|declined|cancel\w*|refused)|(denied|declined|cancel\w+) (by the |by )?(user|member|resource owner)|AADSTS65004`, chances{"user-declined": 55, "consent-missing": 10, "policy-denies": 8}},
	{`AADSTS(65001|90094|90008|650057|650052)\b|(not|n.t|has not|have not|never) (yet )?consented|(admin|administrator).{0,40}(approv|consent)|consent (is )?(required|missing)|consent_required|not completed the google verification|app is not verified|given you access to this app|being tested|been verified by google|only be accessed by developer-approved`, chances{"consent-missing": 80}},
	{`authorization_pending|slow_down\b`, chances{"login-required": 75}},
	{`invalid_request\b`, chances{"form-expected": 22, "request-invalid": 22, "redirect-not-registered": 14, "pkce-required": 12}},
	{`(tokens?|client.?ids?)[^\n]{0,20}(do|does) not match`, chances{"other-client": 55}},
	{`(user|account)[^\n]{0,30}not (been )?(registered|added|allowed|invited)[^\n]{0,40}(dashboard|tester|test user|developer)|development mode|test(er)? users? only`, chances{"consent-missing": 70}},
	{`login_required|interaction_required|account_selection_required|mfa_required|AADSTS(50076|50079|50058|16000|53003|530003|50126)\b|multi-?factor|conditional access`, chances{"login-required": 75, "state-lost": 5}},
	{`temporarily_unavailable|error=server_error|"error": ?"server_error"|AADSTS(90033|90013)\b`, chances{"provider-trouble": 75}},
}
