package explain

import "slices"

// contrast is what people say beside a failure of when it comes and when it does not: the best clue of all. It makes causes that fit likelier or
// less so. Alone it brings in none, but where what is near it stands in the paste too.
type contrast struct {
	words string             // of whoever tells it
	ask   string             // the question that it answers
	times map[string]float64 // what it does to the odds
	near  string             // what must stand in the paste for it to bring in a cause; "": it brings in none
	fits  chances            // what it brings in
}

const (
	// ofRefusal is what a call is refused with for want of a credential.
	ofRefusal = `\b(401|403)\b|unauthori[sz]ed|forbidden|unauthenticated|invalid (api.?key|token|credential)|(auth\w*|credentials?|token|key)[^\n]{0,24}(missing|required|failed|invalid|not (provided|found|valid))`
	// ofTimes is what is said of the times of tokens.
	ofTimes = `\b(401|jwt|token|iat|nbf|exp|assertion|signature|timestamp|nonce)\b`
	// ofConnections is what is said of connections that ended.
	ofConnections = `reset|closed|hang ?up|terminat|\b50[234]\b|\bEOF\b|disconnect|broken pipe`
)

// contrasts are those that are known.
var contrasts = slices.Concat(firstContrasts, furtherContrasts)

var firstContrasts = []contrast{
	{
		words: `twice|two times|\bdoubl(e|y)\b|second (time|call|request|run)|strict ?mode|same code\b|code of before|(old|previous|first|same) code\b|hit (two|several) times|(the )?first time[^\n]{0,30}(well|fine|work|ok\b|succe)|(built|production) (version|build)[^\n]{0,40}(one|once|fine|not)|already (been )?(used|redeemed)|re-?used|prefetch|reload(s|ed|ing)? the (page|callback)|pressed back|refresh(ed)? the page`,
		ask:   "Is the token endpoint called twice for one sign-in?",
		times: map[string]float64{"code-used-twice": 8, "pkce-mismatch": 1.5},
	},
	{
		words: `replicas?\b|workers?\b|\bpods?\b|instances\b|parallel|concurren|at the same (time|moment)|simultaneous|\brace\b|two tabs|several tabs|both tabs|scaled|\bloop\b|bulk|batch|multiple (processes|servers|threads|devices)|\bcron|own copy|\b(phone|tablet|laptop|desktop|device|browser|tab|app)s?\b[^\n]{0,24}\band\b[^\n]{0,24}\b(phone|tablet|laptop|desktop|device|browser|tab|web)s?\b|whichever|(same|one) (account|user|token)[^\n]{0,40}(two|both|several|twice)|(each|both|two) (keep|have|hold|use|refresh)|single.use|one.time|rotating refresh|token rotation|(the )?(next|second) (one|refresh|call|request)\b.{0,60}(fail|not|refus|error)`,
		ask:   "Does it need two processes, tabs or devices, and never come with one?",
		times: map[string]float64{"refresh-race": 8, "burst-limit": 2},
	},
	{
		words: `colleague|(other|another|different|my) (machine|laptop|server|computer|host)|on my mac|works locally`,
		ask:   "Does the same call work from another machine?",
		times: map[string]float64{"clock-skew": 4, "certificate-untrusted": 2, "firewall-rule": 3, "hidden-character": 2},
	},
	{
		words: `seconds? (late|ahead|behind|off|early|fast|slow)|\b(clock|ntp|chrony|drift|time ?zone|utc offset|suspend(ed)?|resumed?|hibernat\w*|slept|asleep|sleep mode|standby|wsl\d?|virtual ?box|raspberry|dst|daylight saving|hwclock|dual.?boot)\b|(time|date) (is|was) (wrong|off|different|behind|ahead)|php -r|time\(\)|(iat|nbf|exp|timestamp)\b[^\n]{0,12}[<>]|machine a\b|at the same moment|\d+ ?s(ec(ond)?s?)? (ahead|behind|apart|off)|(wrong|different) (time|date)\b`,
		ask:   "Is the clock of the machine right (date -u)?",
		times: map[string]float64{"clock-skew": 10, "jwt-not-yet": 3},
		near:  ofTimes, fits: chances{"clock-skew": 22},
	},
	{
		words: `(7|seven) days|(a|one|each|every|per) week\b|weekly|every few (days|weeks)|for a few (days|weeks)|(every|each) (mon|tues|wednes|thurs|fri|satur|sun)day|publishing status|(never|not|un) ?published|in testing|test (mode|users)|: testing`,
		ask:   "Does it come about a week after each sign-in?",
		times: map[string]float64{"test-mode-expiry": 20, "refresh-inactive": 2},
	},
	{
		words: `minutes (later|after)|breakpoint|debugg|by hand|(before|after) (lunch|dinner|a break|the meeting)|(an|\d+|some|few) (hours?|minutes?|min|days?) (ago|old|earlier|before)|copied|manually|slow(ly)?\b|if (i|we) (am|are|do) .{0,20}(quick|fast)|took (a while|too long)|\bqueued?\b`,
		ask:   "How long after the redirect was the code exchanged?",
		times: map[string]float64{"code-expired": 8},
	},
	{
		words: `(curl|postman|insomnia|bruno|httpie|terminal).{0,60}(work|fine|ok\b|succe|get|answers|200)|(work|fine|succe|200).{0,40}(curl|postman|insomnia|bruno|httpie)`,
		ask:   "Does the same call work with curl?",
		near:  `\bfetch\b|javascript|\bbrowser\b|xmlhttprequest`, fits: chances{"cors-not-allowed": 18, "cors-preflight": 15},
		times: map[string]float64{"cors-not-allowed": 6, "cors-preflight": 3, "secret-not-encoded": 3, "header-dropped": 2, "localhost-ipv6": 2, "hidden-character": 1.5, "certificate-untrusted": 1.5},
	},
	{
		words: `(body|form|post)[^\n]{0,160}(400|401|fail|not)[^\n]{0,200}(basic|--user|-u )[^\n]{0,100}(work|fine|200|token)|data ['"]?client_secret(.|\n){0,160}401(.|\n){0,120}--user|--user[^\n]{0,60}(200|works?|fine)|(body|form|post).{0,80}(work|fine|accept).{0,80}basic|basic.{0,80}(body|form|post).{0,40}(work|fine|accept)|basic (auth\w*|header)?.{0,20}(fail|does not|doesn't|refus)|client_secret_(basic|post)|-d client_(id|secret)[^\n]{0,80}(work|gives|fine|token|200)|(in|as) (the )?(body|form)[^\n]{0,60}(work|fine|accept|gives)`,
		ask:   "Do id and secret work in the body and not as Basic, or the other way round?",
		times: map[string]float64{"client-auth-method": 20},
	},
	{
		words: "special (char|sign)|punctuation|a (plus|slash|percent)\\b|(plus|percent|slash|equals?) signs?|%2[BF]|%3D|full of [^\\n]{0,20}(brackets|signs|characters|symbols)|\\bhas (a )?[+%=/&]|[\"'`][+%=/&]+[\"'`]|\\+ (and|or|in)|ends (with|in) =|ampersand|(^|[^-])url.?encod|percent.?encod|encodeURIComponent|escap(e|ed|ing) (it|the)|concatenat|string (build|interpolat)",
		ask:   "Does the secret hold +, =, %, & or /?",
		times: map[string]float64{"secret-not-encoded": 30, "signature-mismatch": 2, "client-auth-method": 0.06, "client-secret-wrong": 0.6},
	},
	{
		words: `staging|sandbox (client|app|key)|(dev|test|prod|production) (client|app|tenant|key|id|credential)|(other|wrong|different) (client|app|tenant|environment|project)|two (clients|apps|client ids)`,
		ask:   "Are all parts of one environment: client id, secret, host?",
		times: map[string]float64{"other-client": 6, "client-unknown": 4, "api-key-unknown": 3, "jwt-issuer": 2},
	},
	{
		words: `last night|overnight|yesterday|this morning|nothing (was |has )?(changed|deployed)|no (changes|deploy)|all of a sudden|suddenly|worked (fine )?(until|before|for)`,
		ask:   "Did it work until a certain moment without any change on your side?",
		times: map[string]float64{"jwt-key-unknown": 3, "member-revoked": 3, "refresh-revoked": 2, "version-retired": 2, "certificate-expired": 3, "client-secret-wrong": 2},
	},
	{
		words: `refresh[_ -]?tokens?\b|refreshing|grant_type["':= ]+refresh|Refresh\w*(Async|\()`,
		ask:   "Which of the two failed: the exchange of a code, or a refresh?",
		times: map[string]float64{"code-used-twice": 0.4, "code-expired": 0.3, "redirect-mismatch": 0.3, "pkce-mismatch": 0.3, "refresh-race": 1.2},
	},
	{
		words: `key rotat|rotat\w* (its |the |their )?(signing )?keys?|keys? (was|were|got|has been) rotated|new (signing )?keys?`,
		ask:   "Were the keys of the issuer changed?",
		times: map[string]float64{"jwt-key-unknown": 4, "jwt-algorithm": 0.7},
	},
	{
		words: `by hand|edited the (url|address)|(token|exchange|second) (request|call|step)|swap|went (well|through)|consent (page|screen)|signed in|agreed|(back|after) (to|the) (callback|consent|login)`,
		ask:   "Does it fail before the sign-in page is seen, or when the code is exchanged?",
		times: map[string]float64{"redirect-mismatch": 3, "redirect-not-registered": 0.5},
	},
	{
		words: `restart(ed|ing)?\b.{0,60}(gone|help|work|fix|fine)|(gone|work|fix|fine).{0,40}(restart|redeploy)`,
		ask:   "Does a restart of the API heal it?",
		times: map[string]float64{"jwt-key-unknown": 6, "idle-connection-race": 2},
	},
	{
		words: `now and then|sometimes|intermittent|sporadic|occasional|\brandom(ly)?\b|\brare(ly)?\b|every (few|fifth|tenth|other)|(every|once in a) (so|while|now)( often)?|from time to time|about (once|twice)|\d+ (a|per|times a) (day|week|hour)|one (in|of|out of) |\bflak|once in a while|a few (percent|times)`,
		ask:   "Does it come each time, or now and then?",
		times: map[string]float64{"refresh-race": 3, "clock-skew": 3, "idle-connection-race": 4, "replica-lag": 3, "jwt-not-yet": 1.5, "connection-cut": 1.5},
	},
	{
		words: `(right|straight|immediately|directly) after|the moment (we|i|it)|(a )?(bit|second|seconds|moment|little) later|second attempt|just (issued|received|got|obtained)|fresh(ly)? (issued |new )?token|newly (granted|issued|made|created)|(made|created|issued|signed) (anew |new )?for each (call|request)|brand.new token|within (a |the )?(first )?(second|\d+ ?ms)|if (i|we) (wait|sleep|retry)|\bsleep\b|at once|wait(ing|s)? (a|some|one|two|\d)|\d ?(s|sec|seconds) (later|between)`,
		ask:   "Does the same token work some seconds later?",
		times: map[string]float64{"replica-lag": 10, "clock-skew": 2.5, "jwt-not-yet": 1.5, "member-revoked": 0.3},
	},
	{
		words: `(weeks?|months?|days)\b.{0,60}(member|user|account|token)|(for|after) (\w+ )?(weeks|months)|(other|another) (members?|users?|accounts?).{0,30}(fine|work|ok)|only (this|one) (member|user|account)`,
		ask:   "Is it one member alone, whose token worked before?",
		times: map[string]float64{"member-revoked": 6, "refresh-revoked": 3, "refresh-inactive": 2, "replica-lag": 0.2},
	},
	{
		words: `(through|behind|via|with|on) (the |a |an |our )?(nginx|apache|caddy|traefik|haproxy|kong|envoy|istio|ngrok|proxy|reverse proxy|gateway|load ?balancer|ingress|alb|cdn|cloudfront|cloudflare)|\.htaccess|fastcgi|php-fpm|(does not|doesn.t|never|not) (arrive|reach|get (there|through)|come through|be passed)|(header|field|token)[^\n]{0,12} (is|was|gets) (gone|missing|lost)|(is|was|gets) (empty|stripped|dropped|removed) (in|on|by|before)|proxy_pass|\bapache\b|VirtualHost|mod_rewrite|RewriteEngine|HTTP_AUTHORIZATION|\bmod_php|straight to|(directly|direct) (to|against)|bypass`,
		ask:   "Does it work past the proxy?",
		near:  `token[_ ](not[_ ]|absent|missing)|no token|header[^\n]{0,20}(missing|empty)`, fits: chances{"header-dropped": 20},
		times: map[string]float64{"header-dropped": 10, "redirect-not-registered": 2, "upstream-slow": 1.5, "signature-mismatch": 2, "body-too-large": 2},
	},
	{
		words: `every (afternoon|evening|night|day)|(in the|each|next) (morning|day)|midnight|tomorrow|at the end of the day|by (the )?(noon|afternoon|evening)|when i get up|the whole day`,
		ask:   "Does it end at midnight UTC?",
		near:  `\b429\b|too many|quota|limit`, fits: chances{"daily-quota": 40},
		times: map[string]float64{"daily-quota": 8, "burst-limit": 0.4},
	},
	{
		words: `safari|firefox|incognito|private (window|mode)|third.party cookie|samesite|form_post|cookie`,
		ask:   "Does it need a certain browser, or cookies that are blocked?",
		times: map[string]float64{"state-lost": 6},
	},
	{
		words: `first (call|request|time)|never (used|called|made)|brand.new (account|key|project)|new account`,
		ask:   "Is it the first call that this account ever made?",
		times: map[string]float64{"billing-quota": 5, "api-not-enabled": 3, "burst-limit": 0.2},
	},
	{
		words: `env.?file|\.env\b|docker|container|kubernetes|secret manager|github actions|\bci\b|pipeline|copy.?paste|pasted (it|the|from)|from (slack|word|a pdf|teams|confluence)|base64|echo\b|(one|a|two|extra) (byte|character|char)s? (longer|more|too)|extra (character|byte|newline|space|blank)|trailing|hexdump|\bxxd\b|\bod -c|\b(trim|strip)(s|med|ped|ming|ping)?\b`,
		ask:   "How did the credential come there: an env file, a pipeline, copied from a page?",
		times: map[string]float64{"hidden-character": 5, "name-not-found": 1.5, "port-closed": 1.5},
	},
	{
		words: `id[_ -]?token|refresh token as|firebase token|api key (as|instead)`,
		ask:   "Which token is sent: an access token, or an ID token?",
		times: map[string]float64{"wrong-token-kind": 8, "jwt-aud": 1.5},
	},
	{
		words: `quiet|idle|after (a )?(pause|while without|break|night|weekend|long)|keep-?alive|low traffic|(the )?first (request|call|one|query)[^\n]{0,24}(after|of the (day|morning)|fail|give|then)|(a long time|hours|minutes|a while|all night)[^\n]{0,40}(nothing|no (call|request|traffic)|not (been )?(used|done|called))|(nothing|not|no (call|request|traffic)s?)[^\n]{0,40}for (a |some )?(long|hours|minutes|while|night)|(again|retry|second (time|try|attempt|call)|reload)[^\n]{0,20}(work|correct|fine|ok\b|succe|helps|gone)`,
		ask:   "Does it come after quiet times?",
		times: map[string]float64{"idle-connection-race": 6, "connection-cut": 1.5, "upstream-down": 0.6},
		near:  ofConnections, fits: chances{"idle-connection-race": 12},
	},
	{
		words: `new(er)? app\b|old app|new product|openid connect|migrat|product (was )?(changed|replaced|removed)|sign in with linkedin`,
		ask:   "Is the application a new one, or were its products changed?",
		times: map[string]float64{"product-changed": 10, "scope-not-granted": 1.5},
	},
	{
		words: `(new|fresh|another|different|regenerat\w*|second) (code_?)?verifier|verifier (is|was|gets) (lost|gone|new|regenerated|undefined|overwritten)|session ?storage`,
		ask:   "Is the verifier kept from the redirect to the callback?",
		times: map[string]float64{"pkce-mismatch": 10},
	},
	{
		words: `node(\.?js)? ?v?(17|18|19|2\d)|\[::1\]|::1\b|127\.0\.0\.1[^\n]{0,60}(work|fine|answer)|ipv6`,
		ask:   "Does 127.0.0.1 work in place of localhost?",
		times: map[string]float64{"localhost-ipv6": 8},
	},
	{
		words: `with(out)? (a )?(blank|space)s?|spaces? in|blanks? in|umlaut|accent|non-ascii|unicode|special characters in`,
		ask:   "Does it depend on characters in the path or the query?",
		times: map[string]float64{"signature-mismatch": 6, "request-invalid": 1.5},
	},
}
