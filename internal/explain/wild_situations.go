package explain

import "slices"

// situation is what somebody tells of a failure in words of their own: several notions that come together. They are asked where no sentence of a
// program is known.
type situation struct {
	told []string // each of them is
	fits chances
}

// isTold reports whether all its notions are.
func (s *situation) isTold(l *look) bool {
	all := patterns()
	return !slices.ContainsFunc(s.told, func(words string) bool { return !l.has(all[words]) })
}

var situations = []situation{
	// Signing in, and what comes of it.
	{[]string{signingIn, afterWhile, onceMore}, chances{"token-ended": 60, "refresh-inactive": 15, "refresh-revoked": 10}},
	{[]string{signingIn, `\b(works?|fine|ok)\b[^\n]{0,80}\b(an hour|hours|lunch|\d+ ?min(utes)?|\d+ ?h)\b|(an hour|60 min|one hour|\d+ minutes)`, fails}, chances{"token-ended": 45, "refresh-inactive": 10}},
	{[]string{severalOf, `\b(same|one|my|both)\b`, renews}, chances{"refresh-race": 60}},
	{[]string{severalOf, unknownTo, `\b(account|user|app)\b`}, chances{"refresh-race": 40, "state-lost": 15}},
	{[]string{twiceDone, signingIn}, chances{"code-used-twice": 60, "state-lost": 10}},
	{[]string{twiceDone, `\bcall ?back|exchange`}, chances{"code-used-twice": 45}},
	{[]string{pauses, `\b(call ?back|exchange|the code|sign.?in|log.?in)\b`, `\b(break ?point|debug\w*|if (i|we) (wait|am slow|look)|too long|step\w*|quick(ly)?|minutes)\b`}, chances{"code-expired": 60}},
	{[]string{signingIn, domain, movedTo, `\b(last|second) step|exchange|both (addresses|urls)|gets? the call ?back`}, chances{"redirect-mismatch": 55, "redirect-not-registered": 25}},
	{[]string{signingIn, domain, movedTo, `\b(domain|url|port|address|host ?name|path|https|sub ?domain|deployment)s?\b[^\n.]{0,30}\b(chang|mov|new|switch|renam|add)|\b(chang|mov|new|switch|renam|add)\w*[^\n.]{0,30}\b(domain|url|port|address|host ?name|path|https|sub ?domain|deployment)`}, chances{"redirect-not-registered": 50, "state-lost": 10}},
	{[]string{signingIn, `\b(before (they|i|we|users?|it)( can| could)?|straight away|at once|instead of the (login|sign)|never (see|get to) the)\b`, `\b(error page|provider|page|their)\b`}, chances{"redirect-not-registered": 45, "client-unknown": 15}},
	{[]string{signingIn, certainBrowser}, chances{"state-lost": 55}},
	{[]string{signingIn, comesBack, unknownTo}, chances{"state-lost": 45}},
	{[]string{signingIn, `\b(replicas?|instances|pods|nodes|servers|scal\w*)\b`}, chances{"state-lost": 50}},
	{[]string{signingIn, cancels}, chances{"user-declined": 60}},
	{[]string{`\badmin(istrator)?s?\b`, `\bappro(v|val)|\bconsent|\bpermission (request|needed)|\bhas to (allow|agree)`}, chances{"consent-missing": 70}},
	{[]string{weekly, onceMore}, chances{"test-mode-expiry": 55, "refresh-inactive": 20}},
	{[]string{`\btesting\b|test (users?|mode)|(not|un|never) ?(verified|published)`, `\bweek|days|consent screen|again`}, chances{"test-mode-expiry": 55}},
	{[]string{long, onceMore}, chances{"refresh-inactive": 45, "refresh-revoked": 15}},
	{[]string{long, `\b(not (been )?(used|opened)|unused|without (using|opening)|were (away|off)|was (away|off)|on (holiday|leave))\b`, signingIn}, chances{"refresh-inactive": 50}},
	{[]string{`\b(chang|reset|forgot)\w* (\w+ ){0,3}password|password (was|is|has been) (changed|reset)|new password`, `\b(connect\w*|token|sync|integration|app|job|sign|log|since)\b`}, chances{"refresh-revoked": 60}},
	{[]string{`\b(one|single|this|a certain|particular) (\w+ )?(customer|user|member|client|account|person)\b`, `\b(remov|disconnect|revok|withdr|delet|unlink)\w*`}, chances{"member-revoked": 65, "refresh-revoked": 20}},
	{[]string{`\b(mfa|2fa|second factor|two.factor|authenticator|conditional access|one.time (code|password)|phone code)\b`}, chances{"login-required": 60}},
	{[]string{movedTo, theApp, `\b(realm|tenant|keycloak|okta|auth0|environment|server|identity|organi[sz]ation|staging|prod\w*)\b`, `\b((do|does|did|can)(n.?t| not)|not) (know|find|recogni[sz]e)|unknown|not (there|found)|no such`}, chances{"client-unknown": 60, "other-client": 10}},
	{[]string{`\bsecrets?\b`, newOne, `\b(delet|clean|remov|rotat|renew|expir|regenerat|replac|new secret|old secret)\w*`}, chances{"client-secret-wrong": 60}},
	{[]string{keptBack, `\b(special|strange|odd|plus|percent|ampersand|slash|symbols?)\b( (characters?|signs?))?`}, chances{"secret-not-encoded": 60}},
	{[]string{`\b(goes|go|runs?|keeps?|ends? up) (\w+ ){0,3}(in (a )?(circles?|loop)|round|back and forth)|\b(endless(ly)?|infinite(ly)?|forever|over and over)\b[^\n.]{0,40}(redirect|log|sign|page|loop)|ping.?pong`}, chances{"redirect-loop": 60, "state-lost": 20}},

	// Credentials.
	{[]string{`\b(read|list|see|view|get|fetch|load)\b`, `\b(write|create|creating|change|delete|send|post|add|update|edit|publish|upload|modify)\b`, `\b(but|not|only)\b`, `\b(not allowed|n.?t allowed|denied|refus\w*|forbidden|403|not permitted|may not|not authori[sz]ed|reject\w*|no permission|unauthori[sz]ed)`}, chances{"scope-missing": 62, "policy-denies": 22}},
	{[]string{`\b(is there|exists?|i can (see|open)|is visible|opens?|shows)\b`, inBrowser, byProgram, notThere}, chances{"hidden-by-404": 62, "resource-unknown": 12}},
	{[]string{`\b(private|public)\b`, `\b(repo(sitory)?|project|document|file|folder|channel|calendar|board)s?\b`, sentAlong}, chances{"hidden-by-404": 45, "scope-missing": 15}},
	{[]string{sentAlong, pasted, isRefused}, chances{"hidden-character": 60}},
	{[]string{aVariable, notSet}, chances{"template-not-filled": 62}},
	{[]string{throughProxy, direct, `\b(logged in|signed in|who i am|tokens?|headers?|anonymous|credentials?|unauthori[sz]ed|401|user)\b`, `\b(works?|fine|knows|ok|arrives?|there)\b`}, chances{"header-dropped": 60, "token-not-sent": 8}},
	{[]string{`\bhttp\b|http://`, `\bhttps\b|https://`, `\b(works?|fine|ok|forward\w*|redirect\w*)\b`, `\b(logged in|signed in|401|unauthori[sz]ed|token|credentials?|header)\b`}, chances{"auth-dropped-by-redirect": 62}},
	{[]string{`\b(trailing|final|last|extra|slash|www)\b`, `\bslash|www`, `\b(logged in|401|unauthori[sz]ed|token|credentials?|header|403)\b`}, chances{"auth-dropped-by-redirect": 55}},
	{[]string{`\b(bare|naked|plain|only the|just the) (\w+ )?(key|token)|\b(word|prefix)\b[^\n.]{0,30}\b(front|before|bearer|token)|(without|with|need\w*|want\w*|no|remov\w*|drop\w*) (the )?(word|prefix|"?bearer)`, sentAlong}, chances{"auth-scheme-wrong": 60}},
	{[]string{`\b(two|three|several|both|which( one)?( of the)?|different|other|wrong|first|second|kinds? of) (\w+ ){0,2}tokens?\b|which (one|token)|tokens?\b[^\n.]{0,60}\b(name and (e-?mail|mail)|profile|refresh)`, `\b(api|server|backend|use|send|take)\b`, aToken}, chances{"wrong-token-kind": 58, "jwt-aud": 15}},
	{[]string{aToken, `\b(our|my) own\b|\b(my|our) (api|backend|web ?api|service)\b`, `\b(graph|microsoft.?s?|google.?s?|their|its|facebook|other|first|userinfo|works|likes?)\b`, `\b(own|no|not|refus\w*|reject\w*|n.?t|401)\b`}, chances{"jwt-aud": 50, "wrong-token-kind": 22}},
	{[]string{insideName, outsideName, hosts, `\b(tokens?|login|keycloak|identity|auth\w*|issuer|sign.?in)\b`}, chances{"jwt-issuer": 58}},
	{[]string{`\bkeys?\b`, `\b(renew|rotat|roll|chang|replac|new|certificate)\w*`, `\b(restart|identity|login|auth|realm|sso|token|everybody|all (our )?services)\w*`, `\b(since|until|after|then|suddenly|night|evening|weekend)\b`}, chances{"jwt-key-unknown": 62}},
	{[]string{`\b(clock|time|date|drawer|battery|switched off|powered off|turned off|hibernat\w*|suspend\w*|snapshot|raspberry|iot|device|daylight|time ?zone|summer ?time|hours? (off|wrong|ahead|behind))\b`, `\b(past|future|too (old|late|early)|stale|expired|not yet|clock|wrong time|ahead|behind|time is|hours? (off|wrong))\b`, `\b(refus\w*|reject\w*|fail\w*|401|403|error|token|signature|request|wrong|invalid|says)\b`}, chances{"clock-skew": 62}},
	{[]string{aKey, `\b(restrict|limit|allow.?list|white.?list|lock)\w*`, `\b(web ?site|domain|ip|address|referr?er|app|server|origin|bundle)s?\b`}, chances{"api-key-restricted": 65}},
	{[]string{aKey, aField, `\b(no key|not say|missing|without|where|which|not find)\b`}, chances{"api-key-missing": 58, "auth-scheme-wrong": 12}},
	{[]string{`\b(staging|test|sandbox|dev\w*)\b`, `\b(prod\w*|live)\b`, sentAlong, isRefused}, chances{"api-key-unknown": 35, "other-client": 30, "client-unknown": 10}},
	{[]string{`\b(just|right|immediately|straight|directly) (after|issued|created|got|made)|fresh(ly)?|brand.?new|(the )?first (second|moment)s?`, aToken, `\b(second|moment|wait|later|sleep|pause|again)s?\b`}, chances{"replica-lag": 45, "clock-skew": 15}},

	// Limits.
	{[]string{`\b((new|fresh) (account|project|key|user)|just (signed up|registered)|made an account|an hour ago|free (trial|tier|plan)|hello world|haven.?t used|first (call|request)|never used)\b`, `\b(used up|quota|exceed\w*|credits?|limit|billing|pay\w*|card|plan|upgrade|insufficient)\b`}, chances{"billing-quota": 62, "daily-quota": 12}},
	{[]string{`\b(all at (once|the same time)|at once|in parallel|simultaneous\w*|concurrent\w*|promise\.all|loop|threads|batch|bulk|no pause|as fast as|one after (the|an)other|hundreds|thousands|quick(ly)?|many|burst|\d{3,}|\d+k)\b`, `\b(some|others?|the rest|after (about |around |roughly )?(\d+|a hundred|some|a few)|different ones|turned away|part|half|most|slow(er)?|pause|sleep|then)\b`, `\b(fail|refus|reject|turned|error|through|block|den|stop|429|die)\w*`}, chances{"burst-limit": 60, "client-exhausted": 8}},
	{[]string{oClock, goesOn, `\b(every|each|always|free|sync|until|stops?|no data|day|daily)\b`, `\b(stop|fail|no |nothing|empty|dead|error|429|block|refus)\w*`}, chances{"daily-quota": 58}},

	// What is between.
	{[]string{deployed, `\b(minutes?|seconds?|moment|short|while|during|whenever|each time|every time|until)\b`, `\b(error page|502|503|balancer|down|page|unavailable|customers|users|gateway|proxy)\b`}, chances{"upstream-down": 60, "idle-connection-race": 10}},
	{[]string{throughProxy, direct, `\b(error page|502|503|bad gateway|unavailable|nothing)\b`}, chances{"upstream-down": 45}},
	{[]string{seconds, takesLong, `\b(error page|prox(y|ies)|gateway|balancer|nginx|cuts?|finish\w*|on the (machine|server)|itself|directly|504)\b`}, chances{"upstream-slow": 62}},
	{[]string{`\b(waits?|waited|gives? up|gave up|time ?out|timeout|\d+ seconds|ten seconds|too long)\b`, `\b(app|client|caller|user|customer|mobile|phone|script)s?\b`, `\b(is there|was (there|saved|created|made)|done|finish\w*|arriv\w+|twice|duplicates?|went through|exists|back office|in the log|server log)\b`}, chances{"slow-answer": 62}},
	{[]string{idle, secondTry, fails}, chances{"idle-connection-race": 60, "connection-cut": 8}},
	{[]string{`\b(downloads?|transfers?|streams?|exports?|big(ger)? (files?|ones)|large(r)? (files?|ones))\b`, `\b(break(s|ing)? off|br[eo]ke off|abort\w*|stops? (somewhere|in the|after|half)|incomplete|truncated|cut( off)?|different places|resume|half|in the middle|ends? early)\b`}, chances{"connection-cut": 62}},
	{[]string{throughProxy, `\b(prefix|under /|sub ?path|path|/\w+)\b`, `\b(not found|404|its own|page not found|wrong page)\b`}, chances{"route-unknown": 58}},
	{[]string{`\b(upload(s|ed|ing)?|photos?|pictures?|images?|attachments?|videos?|pdfs?|files?|body|import)\b`, `\b(big(ger|gest)?|large(r|st)?|newer|small(er)?|mb|megabytes?|kb|size|high.res\w*|above|below|more than|over \d)\b`, `\b(fail\w*|can.?t|cannot|not|error|refus\w*|413|reject\w*)\b`, `\b(upload|photo|picture|attach|post|send|save|import|below|small)\w*`}, chances{"body-too-large": 60}},
	{[]string{`\b(groups|roles|cookies?|permissions|claims|memberships?)\b`, `\b(many|\d{2,}|lots|too|big|large|long|all|a lot|hundreds|everything|delet\w+|clear\w*)\b`, `\b(bad request|400|431|blank|can.?t|cannot|refus\w*|web server|error page)\b`}, chances{"head-too-large": 60}},
	{[]string{`\b(live|real.?time|web ?sockets?|chat|notifications?|push|socket)\b`, `\b(updates?|never|not|n.?t|connect\w*|fail\w*|disconnect\w*)\b`, throughProxy}, chances{"upgrade-dropped": 60}},
	{[]string{`\b(web ?page|html|login page|maintenance|page instead|a page)\b`, `\b(pars\w+|read\w*|json|import|crash\w*|decod\w+|expect\w*|answer|response|printed)\b`, `\b(crash|fail|error|break|instead|not json|cannot|can.?t|print)\w*`}, chances{"not-json": 52, "provider-trouble": 15}},
	{[]string{byHandTool, inBrowser, works, `\b(only|as soon as|but|not|nothing|red|blocked|console)\b`}, chances{"cors-not-allowed": 58, "cors-preflight": 12}},
	{[]string{`\bcookies?|credentials\b`, `\b(with|without|turn|include|send|on|off)\b`, `\b(page|browser|front ?end|fetch|javascript|origins?)\b`, `\b(everybody|everyone|all (origins|sites)|any (origin|site)|\*|wildcard|star)`}, chances{"cors-credentials": 85}},
	{[]string{`\bcertificates?\b`, `\b(a year ago|midnight|at 0?0:00|last night|all of a sudden|suddenly|ran out|ended|not renewed|forgot to renew|renew\w*|expired|90 days|three months|let.?s encrypt)\b`}, chances{"certificate-expired": 60, "certificate-untrusted": 10}},
	{[]string{`\bcertificates?\b`, company + `|` + inContainer + `|\b(java|jdk|image|self.?signed|own ca|internal|root|browser (does|is|has))\b`}, chances{"certificate-untrusted": 58}},
	{[]string{`\bcertificates?\b`, `\b(other|another|wrong|different) (name|host|domain|site|certificate)|default cert|for (another|a different)|by ip|sub ?domain`}, chances{"certificate-name": 58}},
	{[]string{`\b(by|its|that|the|this|host ?) ?names?\b`, `\b(find|resolve|reach|know|look ?up|see)\w*\b`, inContainer + `|\b(ip|address|vpn|dns)\b`}, chances{"name-not-found": 55}},
	{[]string{`\bports?\b|\b\d{4,5}\b|not (started|running)|isn.?t (started|running)|forgot to start`, `\b(reach|connect|find|refus)\w*`, `\b(taken|another|other|different|started|running|listen\w*|wrong|instead)\b`}, chances{"port-closed": 55}},
	{[]string{`\blocalhost\b`, `127\.0\.0\.1|\bipv4\b`, works}, chances{"localhost-ipv6": 65}},
	{[]string{`\b(texts?|words?|sentences?|content|comments?|descriptions?|form|field|input|html|sql|script|emoji|code)\b`, blockedPage, `\b(some|certain|contains?|if i (take|leave|remove)|with(out)? (the|that)|only when|remove|take out)\b`}, chances{"firewall-rule": 58}},
	{[]string{fromServer, blockedPage, `\b(from|at|on) (my|the|our|a|home|office)|home|laptop|locally|browser\b`}, chances{"firewall-rule": 52, "api-key-restricted": 8}},
	{[]string{company, atHome}, chances{"client-proxy": 45, "certificate-untrusted": 18, "firewall-rule": 10}},
	{[]string{`\b(old|first|previous) (app|application|one)\b`, `\bnew (app|application|one)\b|created an? (\w+ )?app`, `\b(scopes?|product|not allowed|n.?t allowed|permission|profile|pick)\b`}, chances{"product-changed": 55, "scope-not-granted": 18}},
	{[]string{`\b(garbled|gibberish|unreadable|strange (characters|signs|symbols)|binary|weird (characters|symbols)|rubbish|question marks|mojibake|umlauts?)\b`}, chances{"encoding-unread": 60}},
	{[]string{`\b(load test|under load|thousands of|after some (minutes|hours))\b`, `\b(sockets?|ports?|file (handles?|descriptors?)|connections? (left|open|exhaust\w*)|pool|threads?)\b`}, chances{"client-exhausted": 60}},
	{[]string{`\b(date|format|field|number|comma|decimal|empty|optional|required|attribute|property|value|array|string)\b`, `\b(400|invalid|bad request|validation|422|not valid)\b`, `\b(without|leave out|left out|remove|if i|works|form|format|wrong)\b`}, chances{"request-invalid": 58}},
	{[]string{`\b(old|retired|deprecated|previous|new) (version|api|endpoint)|v\d\b|version\b`, `\b(stop|remov|announc|shut|retir|sunset|gone|no longer|deprecat)\w*`}, chances{"version-retired": 55}},
	{[]string{`\b(status page|everyone|everybody|all (customers|users|clients)|twitter|other people|outage|incident|their (side|end)|half an hour|by itself|on its own)\b`, `\b(500|error|down|fail|unavailable|trouble|broken)\w*`, `\b(by itself|on its own|status page|outage|incident|others? (too|also)|later (it )?work\w*|again)\b`}, chances{"provider-trouble": 55}},
	{[]string{`\bweb ?hooks?\b|\bhmac\b|\b(sign|signed) (the|each|every|my|our) (request|body|payload)`, `\b(body|pars\w+|format\w*|spaces?|order|raw|pretty|re-?encod\w*|bytes?|middleware)\b`}, chances{"signature-mismatch": 55}},
	{[]string{`\b(app|android|ios|phone|emulator|simulator)\b`, `\bhttp\b|http://`, `\b(https|release|android \d+|real device|works (on|in|with))\b`, fails}, chances{"cleartext-refused": 40}},
	{[]string{`\bpage\b|website|site`, `\bhttps\b|https://`, `\bhttp\b|http://`, `\b(blocked|refus\w*|insecure|not load\w*|nothing)\b`}, chances{"mixed-content": 40}},
	{[]string{`\b(enable|activate|switch(ed)? on|turn(ed)? on)\w*\b`, `\b(api|service|library)\b`, `\b(project|console|dashboard|portal)\b`}, chances{"api-not-enabled": 55}},
	{[]string{`\b(sample|example|documentation|docs|copied|deleted|removed|wrong)\b`, `\bids?\b|\bnumber\b`, notThere}, chances{"resource-unknown": 50, "hidden-by-404": 12}},
	{[]string{`\b(organi[sz]ation|company|github|enterprise)\b`, `\b(saml|single sign.?on|sso)\b`, aToken}, chances{"sso-not-authorized": 60}},
}
