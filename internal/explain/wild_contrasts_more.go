package explain

// furtherContrasts are the rest of them.
var furtherContrasts = []contrast{
	{
		words: `(in|from|with) (the |my |a )?browser|logged in|when signed in|my own account|private (repo|project)`,
		ask:   "Do you see it when you are signed in in a browser?",
		times: map[string]float64{"hidden-by-404": 6, "firewall-rule": 2, "token-not-sent": 1.5},
		near:  `\b404\b|not found`, fits: chances{"hidden-by-404": 12},
	},
	{
		words: `only (in|on) (prod|production|docker|ci|kubernetes)|from (home|our server|the server|aws|the data ?cent(er|re)|another network)|hosting|corporate|company (network|proxy|laptop)|zscaler|vpn`,
		ask:   "Does it come in one network only?",
		times: map[string]float64{"certificate-untrusted": 4, "firewall-rule": 3, "name-not-found": 2},
	},
	{
		words: `(system|corporate|company|office) proxy|proxy (is |was )?(off|on|setting|enabled|disabled)|(without|unset\w*|no) (the )?(http_|https_)?proxy|zscaler|netskope|\bvpn\b|fiddler|charles`,
		ask:   "Does it work without the proxy that is set on the client's machine?",
		times: map[string]float64{"client-proxy": 15, "certificate-untrusted": 3},
	},
	{
		words: `\b30[1278]\b|(trailing|final|last) slash|slash (at|before|in)|with(out)? (the |a )?slash|redirect(ed|s)? (first|before|to https|to www)|http instead of https|(use|write|wrote|change\w*|switch\w*|put|with) https(://)?\b[^\n]{0,40}(work|well|fine|help|gone)|(sends?|moves?|leads?|forwards?)[^\n]{0,30} (over )?to https|[\w/](/)\s+works?\b|r?\.?history|redirects? (callers|calls|it|them|everything)|(curl )?-L\b|(another|other|new|old|different) (host|domain|hostname)`,
		ask:   "Is there a redirect before it (curl -sIL)?",
		times: map[string]float64{"auth-dropped-by-redirect": 15, "redirect-loop": 2},
		near:  ofRefusal, fits: chances{"auth-dropped-by-redirect": 12},
	},
	{
		words: `raw body|(parse|serializ|re-?encod|stringif|pretty|reformat)\w*[^\n]{0,40}(body|payload|json)|(body|payload)[^\n]{0,40}(pars|serializ|re-?encod|changed|modified)|body.?parser|middleware`,
		ask:   "Is the body that is signed byte for byte the one that is sent?",
		times: map[string]float64{"signature-mismatch": 6},
	},
	{
		words: `x-www-form-urlencoded[^\n]{0,60}(get a|token|works?|fine)|application/json[^\n]{0,40}(i get|fails?|error|invalid)|json raw|raw json|Body: ?\{|JSON\.stringify|json=|json body|as json|axios\.post|body-parser`,
		ask:   "Are the parameters of the token request sent as a form?",
		times: map[string]float64{"form-expected": 6},
		near:  `invalid_request|unsupported_grant|grant_type`, fits: chances{"form-expected": 20},
	},
	{
		words: `localhost[^\n]{0,160}(keycloak|container|compose|service name|internal)|(keycloak|container|internal)[^\n]{0,160}localhost|internal (url|name|host)|(public|external) (url|name|host)`,
		ask:   "Do all sides use one and the same URL of the issuer?",
		times: map[string]float64{"jwt-issuer": 4, "upstream-down": 1.5, "port-closed": 1.5},
	},
	{
		words: `(added|enabled|changed|ticked|granted|gave)[^\n]{0,40}(scope|permission|role|access)|old token|before (i|we) (added|changed)`,
		ask:   "Was the token made before the permission was added?",
		times: map[string]float64{"scope-missing": 3, "consent-missing": 1.5},
	},
	{
		words: `\bpem\b|base64[^\n]{0,40}(secret|key)|(secret|key)[^\n]{0,40}base64|line (end|break)s? (in|of) the key|\\n in the`,
		ask:   "Is the key or secret in the form that the library takes (text, base64, PEM)?",
		times: map[string]float64{"jwt-signature": 4},
	},
	{
		words: `\bhttp\b[^:\n][^\n]{0,80}\bhttps\b|\bhttps\b[^:\n][^\n]{0,80}\bhttp\b|(two|different|other|both) (hosts?|domains?)|with(out)? www|x-forwarded|\bwww\.[^\n]{0,60}(comes|goes|but|while|back)`,
		ask:   "Are scheme and host the same at the start of the sign-in, in the callback and in the registration?",
		times: map[string]float64{"redirect-mismatch": 4, "redirect-not-registered": 2, "state-lost": 4, "auth-dropped-by-redirect": 2},
	},
	{
		words: `healthy|(cpu|load|memory) (is |at )|default (settings|keep)|idle timeout|balancer|\balb\b|\belb\b`,
		ask:   "Is the server behind well all the time?",
		times: map[string]float64{"idle-connection-race": 4, "upstream-down": 0.5},
	},
	{
		words: `(every |all )?(the )?(other|others|rest|remaining)( of the)? (endpoints?|paths?|routes?|calls?|requests?|resources?)[^\n]{0,60}(work|fine|ok\b|answer|header|well|succe)|(works?|fine) (for|with|on) (all|every|the) other|only (this|that|one) (endpoint|path|route|call|report)|(small|short|little)[^\n]{0,40}(go|work|fine|pass|ok\b)`,
		ask:   "Do other paths of the same API work from the same place?",
		times: map[string]float64{"cors-not-allowed": 0.4, "route-unknown": 1.5, "body-too-large": 3, "upstream-slow": 1.5, "upstream-down": 0.5, "scope-missing": 1.5},
	},
	{
		words: `\b(our|my) own (api|backend|service|server|web ?api)|\b(our|my) (api|backend|web ?api)\b[^\n]{0,60}(refus|reject|401|fail|does not)|graph (takes|accepts|answers)|(takes|accepts) it\b`,
		ask:   "Which API was the token asked for, and which one refuses it?",
		times: map[string]float64{"jwt-aud": 3, "wrong-token-kind": 1.5},
	},
	{
		words: `\b(kid|key)\b[^\n]{0,20}\bis (really |there |also )?in\b|key (is|does exist)[^\n]{0,20}(set|jwks)|found the key`,
		ask:   "Is the kid of the token in the key set that the API loads?",
		times: map[string]float64{"jwt-key-unknown": 0.2, "jwt-aud": 2},
	},
	{
		words: `both (are |get |were )?(signed|logged) (in|out)|(released|debug|release|second|other) (app|build|version|installation)[^\n]{0,40}(and|same|both)|share[sd]? (the |a |one )?(keychain|token|file|store|cache|database|session)`,
		ask:   "Do two programs share one refresh token?",
		times: map[string]float64{"refresh-race": 8},
	},
	{
		words: `-H ['"]?Host\b|(host|:authority) (header|field)|with (the )?host\b|domains: |server_name|:(80|443|\d{4,5})["'/][^\n]{0,80}->|with(out)? (the |a )?port`,
		ask:   "Does the host that is sent, with its port, stand among those that the proxy serves?",
		times: map[string]float64{"route-unknown": 4, "resource-unknown": 0.6, "api-key-unknown": 0.3, "api-key-missing": 0.3},
	},
	{
		words: `(own|my) /?me\b|/me\b[^\n]{0,12}(answers|works|is fine|gives|ok\b|200)|own profile[^\n]{0,30}(work|fine|answer|ok\b)`,
		ask:   "Does /me answer with the same token?",
		times: map[string]float64{"product-changed": 0.2, "scope-missing": 1.5},
	},
	{
		words: `(f5|reload|refresh of the page|second (load|time))[^\n]{0,24}(all right|works?|fine|ok\b|there)|before (the )?(log|sign)[ -]?in|(signed|logged) out|not (yet )?(signed|logged) in`,
		ask:   "Is the token there at the moment when the call is made?",
		times: map[string]float64{"template-not-filled": 6, "token-not-sent": 3},
	},
	{
		words: `--?http1\.1[^\n]{0,80}(52|56|empty|close|same|also|too|fails|without an answer)`,
		ask:   "Does it fail with curl --http1.1 too?",
		times: map[string]float64{"http2-ended": 0.25, "connection-cut": 3},
	},
	{
		words: `--?http1\.1[^\n]{0,60}(work|fine|ok\b|200|succe)|(work|fine|ok\b)[^\n]{0,40}(http/?1\.1|without http/?2)`,
		ask:   "Does it work with curl --http1.1?",
		times: map[string]float64{"http2-ended": 6, "connection-cut": 0.4},
	},
	{
		words: `networks?["']?: ?\[|docker (network|compose)|(same|different|two|several|share\w*|common|other) [^\n]{0,16}\bnetworks?\b|inside (of )?(its|the|their) (service's )?container|(in|on) the container|\b172\.(1[6-9]|2\d|3[01])\.|kubectl|\bpods?\b`,
		ask:   "Are the proxy and the server in one network, and does the server listen on more than its own localhost?",
		times: map[string]float64{"upstream-down": 6, "name-not-found": 1.5, "port-closed": 1.2, "upstream-slow": 0.35, "slow-answer": 0.5},
	},
	{
		words: `\bSAML\b|(organi[sz]ation|company|github|team)[^\n]{0,80}(single sign.?on\b|\bSSO\b)|\bSSO\b[^\n]{0,40}(enforc|authori|enabled|organi)`,
		ask:   "Does the organization want sign-ins by its own SAML or SSO?",
		times: map[string]float64{"sso-not-authorized": 5},
	},
	{
		words: `id[_ ]?token\w*[^\n]{0,40}(is )?(let in|works\b|accepted|taken|passes|fine|ok\b)|\bi (use|send|take) the first\b|getIdToken`,
		ask:   "Is the ID token taken where the access token is not, or the other way round?",
		times: map[string]float64{"wrong-token-kind": 6},
	},
	{
		words: `(after|for|more than|longer than)[^\n]{0,24}(minutes|hours|days|weeks|months|min\b)( or more)?[^\n]{0,30}(without|not us|silence|idle|inactiv|off\b|asleep|background|of nothing)|(machine|laptop|server|app|phone|it) (was|is|had been) (off|asleep|in the background|switched off|not used)|session[ _]idle|idle (limit|time|timeout)|refresh at least every|in the morning[^\n]{0,80}(afternoon|evening)|without using|not (been )?used (for|in)|comes? back (after|from) (holidays?|vacation|the weekend)`,
		ask:   "Was the refresh token left unused for longer than it lives?",
		times: map[string]float64{"refresh-inactive": 10, "refresh-race": 0.5, "test-mode-expiry": 0.7},
	},
	{
		words: `invalid[ _]?grant`,
		ask:   "Which server answered: the token endpoint, or the API?",
		times: map[string]float64{"token-ended": 0.3, "jwt-expired": 0.4, "sso-not-authorized": 0.1},
	},
	{
		words: `grant_type["':= ]+authorization_code|code exchange|exchang\w+ (the |a )?code|\['code'\]|[?&]code=`,
		ask:   "Which grant was asked for: one by a code, or by a refresh token?",
		times: map[string]float64{"refresh-race": 0.2, "refresh-revoked": 0.2, "refresh-inactive": 0.2, "test-mode-expiry": 0.3},
	},
	{
		words: `notAfter=|(openssl|browser) (there |here )?shows|(root|intermediate) (certificate )?(has |that )?(ended|expired)|new(er)? (ca|root)`,
		ask:   "Is it the certificate of the server that ended, or one above it?",
		times: map[string]float64{"certificate-untrusted": 4, "certificate-expired": 0.7, "clock-skew": 0.3},
	},
	{
		words: `(RS|ES|PS|HS)(256|384|512)[^\n]{0,60}((RS|ES|PS|HS)(256|384|512)|EdDSA)|(changed|switch\w*|moved)[^\n]{0,40}(RS|ES|PS|HS)\d{3}|(its|the) kid is the token.s|kid[^\n]{0,24}(is the same|are the same|match|equal)`,
		ask:   "Which algorithms does the API accept, and which one does the token name (alg)?",
		times: map[string]float64{"jwt-algorithm": 6, "jwt-key-unknown": 0.4},
	},
	{
		words: `(without|take|took|leave|left|remov\w*|drop\w*|add\w*|put|with|chang\w*|instead of)[^\n]{0,30}["'\x60]?\b(Bearer|Token|Basic|ApiKey)\b["'\x60]?[^\n]{0,100}\b(it )?(works?|fine|ok\b|succe\w*|helps|answers|200|solved)`,
		ask:   "Does it work with another word before the credential, or with none?",
		times: map[string]float64{"auth-scheme-wrong": 8},
		near:  ofRefusal, fits: chances{"auth-scheme-wrong": 40},
	},
	{
		words: `Just a moment|cf-(browser|mitigated|chl)|challenge-platform|Enable JavaScript|captcha|<title>[^<]{0,60}(sign in|log ?in|attention|denied|blocked|maintenance|[45]\d\d)`,
		ask:   "What does the page say that came in place of JSON?",
		times: map[string]float64{"not-json": 0.3, "browser-challenge": 3},
	},
	{
		words: `%2[FB]|url.?(de|en)cod(ed|ing)[^\n]{0,30}(code|twice|two times)|encoded (twice|two times)|code=4/|decode(d)? (the|it|before)`,
		ask:   "Does the code that is sent hold %2F or %2B where the address of the callback had a sign?",
		times: map[string]float64{"code-encoded": 5, "code-used-twice": 0.7},
		near:  `invalid[ _]?grant|auth\w* code|\bcode=`, fits: chances{"code-encoded": 20},
	},
	{
		words: `(locally|on my (local|own|machine|laptop|pc|mac|computer)|from home|local (environment|machine)|localhost)[^\n]{0,80}(\bnot\b|but|fails?|403|blocked)[^\n]{0,60}(server|cloud|aws|ec2|azure|gcp|vps|heroku|data ?cent|hosting|lambda|workers?\b|production|deploy|vercel|netlify)|from (a |the |our )?(data ?cent|cloud|aws|ec2|vps|hosting)|urllib\b|python-requests|scrap(e|er|y|ing)\b|headless|puppeteer|selenium`,
		ask:   "Does it work from another network, or with the User-Agent of a browser?",
		times: map[string]float64{"firewall-rule": 4, "user-agent-missing": 2.5, "browser-challenge": 1.5},
		near:  `\b403\b|forbidden|cloudflare|blocked`, fits: chances{"firewall-rule": 22, "user-agent-missing": 8},
	},
	{
		words: `(plain|normal) (string|text)[^\n]{0,80}base ?64|base ?64[^\n]{0,80}(plain|raw|string|secret|key|expects?|needs?)|(changed|other|another|different|new) (secret|key)\b[^\n]{0,60}(back|value|old)|jwt\.io`,
		ask:   "Do both sides take the secret in the same form, as text or as base64?",
		times: map[string]float64{"jwt-signature": 4, "hidden-character": 0.4, "jwt-key-unknown": 0.7},
	},
	{
		words: `["'](message|error|detail|errors|title|fault\w*|reason|description)["'] ?:`,
		ask:   "What does the answer's body say?",
		times: map[string]float64{"evidence-lost": 0.3},
	},
	{
		words: `(\?(token|access_token|api_?key|key)=|in the (query|url)|(query|url) (parameter|string))[^\n]{0,40}(work|fine|ok\b|succe)|(see|sure)[^\n]{0,30}(it.s|it is|that it is) sent`,
		ask:   "Does it work with the token in the query, and not in the field?",
		times: map[string]float64{"header-dropped": 5},
		near:  `token[_ ](not[_ ]|absent|missing)|no token|header[^\n]{0,20}(missing|empty)`, fits: chances{"header-dropped": 15},
	},
	{
		words: `signature[^\n]{0,30}(verifies|is|looks|checks)( out)? (fine|ok|good|well|valid|right|correct)`,
		ask:   "Does the signature verify, for instance at jwt.io?",
		times: map[string]float64{"jwt-signature": 0.2, "signature-mismatch": 0.2, "jwt-key-unknown": 0.3, "clock-skew": 3, "jwt-aud": 3, "jwt-issuer": 3},
	},
	{
		words: `strip[ _-]?(path|prefix)|PathPrefix|path is (not )?stripped|rewrite-target|pathType|base ?path|context path`,
		ask:   "Which path does the server behind the gateway get?",
		times: map[string]float64{"route-unknown": 3, "resource-unknown": 0.7},
	},
	{
		words: `(an hour|minutes|hours|a while|some time|one hour|next (hour|try|day))( or so)? later[^\n]{0,40}(succe|work|fine|again|ok\b)?|(so was|and) the one[^\n]{0,30}later|works? again|(by|of|on) (itself|its own)|healed|(came|went) back`,
		ask:   "Did it heal by itself after a while?",
		times: map[string]float64{"provider-trouble": 6, "burst-limit": 1.5, "token-not-sent": 0.4},
		near:  `\b(401|403|5\d\d)\b`, fits: chances{"provider-trouble": 15},
	},
	{
		words: `upstream timed out|\b504\b|gateway time-?out`,
		ask:   "Which of the two gave up, the proxy or the client?",
		times: map[string]float64{"slow-answer": 0.35},
	},
	{
		words: `(outgoing|outbound|forward(s|ed)?|propagat\w*|relay\w*|passe[sd]? on|downstream)[^\n]{0,60}(token|header|authori[sz]ation|has not|has none|without)|(token|header|authori[sz]ation)[^\n]{0,60}(not|never|isn.t) (forward|propagat|relay|pass)`,
		ask:   "Does the service hand the token on to the one that it calls?",
		times: map[string]float64{"token-not-sent": 5, "header-dropped": 2},
	},
	{
		words: `(documentation|docs?)('s| say\w*| ha[ds]| use[sd]?| write\w*)?[^\n]{0,40}(field|header)|with ["'\x60]?(x-)?[a-z-]*(key|token)["'\x60]?:? it works|other (field|header)|(wrong|different) (field|header)( name)?`,
		ask:   "Which field does the documentation put the credential in?",
		times: map[string]float64{"api-key-missing": 4, "auth-scheme-wrong": 3},
	},
}
