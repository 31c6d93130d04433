package explain

// What people tell of a failure in their own words, with no word of a program. Each is one notion and the ways of saying it; alone none tells a cause.
const (
	// Who does what.
	signingIn = `\b(sign(s|ed|ing)?[ -]?(in|on)|log(s|ged|ging)?[ -]?(in|on)|logins?|sso|sign(s|ed|ing)? up|consent|authori[sz]e (the|our|my) app|connect(s|ed|ing)? (\w+ ){0,3}(account|profile|channel|page|calendar|mailbox))\b`
	comesBack = `\b(c[ao]m(e|es|ing) back|returns?|returned|call ?back|redirect(s|ed)? back|(sent|brought|gets?|send) back)\b`
	unknownTo = `\b((do|does|did|is|are|was|were)(n.?t| not|nt) (know|recogni[sz]e|remember|logged|signed)|no(body|t)( is)? (logged|signed) ?in|forg[eo]t\w*|anonymous|(log(s|ged)?|sign(s|ed)?|thr[eo]w(s|n)?|kick(s|ed)?)( \w+){0,3} out|start page|login page again|guest)\b`
	renews    = `\b(renew\w*|refresh\w*|prolong\w*|extend\w*|stay(s|ed)? (logged|signed) in|keep me)\b`
	onceMore  = `\b((log|sign|connect|authori[sz]e|authenticate|link)\w*( \w+){0,3} (again|anew|once more)|re-?(connect|authori[sz]|authenticat|log ?in|link)\w*|log out and)\b`
	cancels   = `\b(cancel(s|led|ed|ling)?|declin\w+|press(es)? no\b|den(y|ies|ied)|(do|does|did)(n.?t| not) (agree|accept|want)|close[sd]? the (window|popup|dialog))`

	// What is sent and asked for.
	sentAlong = `\b(keys?|tokens?|secrets?|passwords?|credentials?)\b`
	aKey      = `\b((api|access|maps|subscription|test|live)?[ -]?keys?)\b`
	aToken    = `\b((access |bearer |id |fine-grained |new )?tokens?|jwts?)\b`
	keptBack  = `\b((client |app |shared )?secrets?|password)\b`
	aField    = `\b(headers?|fields?|authori[sz]ation|where to (put|send|pass)|how (to|do i) (send|pass)|parameter)\b`
	theApp    = `\b((our|the|my|this|an?|new|old) (app|application|client|integration|plugin|bot))\b`

	// That it works, and that it does not.
	works       = `\b(works?|worked|working|fine|ok|okay|all right|well|succeeds?|succeeded|(goes|went|come|comes|came|gets?|got) through|no (problems?|issues?|trouble)|perfect(ly)?|solved|helps?|(i|we|they|he|she|users?|customers?) can)\b`
	isRefused   = `\b(refus\w*|reject\w*|turn(s|ed)? (\w+ )?(away|down)|den(y|ies|ied)|declined|(not|n.?t) (let|take[ns]?|accept\w*|allow\w*|permitted|authori[sz]ed|able|like)|(says?|said|tells?|told|claims?|complains?)\b( \w+)? (no|not|that|it|the|i)\b|unauthori[sz]ed|forbidden|invalid|40[013]\b|disallowed|blocked|no access)`
	fails       = `\b(fail\w*|errors?|crash\w*|br[eo]ak(s|en|ing)?|(do|does|did|is|are|was|can|could|wo)(n.?t| not|not) (work|load|go|reach|get|find|open|upload|save|connect|log|sign|read|see|come)\w*|nothing|no (longer|more|answer|response)|stop(s|ped)?|stuck|unable|cannot|can.?t|never|ugly|spins?|hangs?|blank)\b`
	notThere    = `\b(not (there|found|exist\w*)|(does|is|was)(n.?t| not) (there|exist|found|visible)|no such|unknown|missing|404|page not found|cannot find|can.?t (find|see))\b`
	blockedPage = `\b(block(s|ed|ing)?|bann?ed|403|firewall|waf|security (page|rule)|denied|turned away|forbidden)\b`

	// Where, and how it differs.
	direct         = `\b(direct(ly)?|past|without|bypass\w*|straight|on the (machine|box|host|server) itself|from inside|local(ly|host)?|to the (pod|container|service|server|app|backend)|port \d+|the (service|server|app|backend) itself)\b`
	throughProxy   = `\b(prox(y|ies)|(load ?)?balancer|gateway|ingress|nginx|apache|haproxy|traefik|caddy|envoy|kong|apisix|tyk|cloudflare|cdn|alb|elb|tunnel|ngrok|edge)\b`
	inBrowser      = `\b(browser|web ?page|page|front ?end|javascript|console|chrome|website|web ?app|spa|single.page)\b`
	byProgram      = `\b(script|program|bot|cron( job)?|token|api|server|backend|tool|python|job)\b`
	byHandTool     = `\b(postman|insomnia|bruno|curl|terminal|command line|wget|httpie|swagger( ui)?|backend|on the server|server.to.server|soap ?ui)\b`
	inContainer    = `\b(containers?|docker|pods?|compose|kubernetes|k8s|image|wsl|vm)\b`
	certainBrowser = `\b(iphones?|ipads?|ios|safari|firefox|brave|edge|private (window|mode|tab)s?|incognito|ad ?-?block\w*|cookies? (off|disabled|blocked)|in-?app browser|webview|embedded|iframe)\b`
	company        = `\b(company|corporate|office|work) (laptops?|computers?|machines?|network|pcs?|proxy)\b|\b(vpn|zscaler|it department|antivirus|at work)\b`
	atHome         = `\b((at|from) home|private (computer|laptop|machine|network)|phone hotspot|mobile (network|data)|another network|my own (laptop|machine))\b`
	fromServer     = `\b((on|from|in) (the|our|my|a|an) (\w+ )?(server|vps|vm|data ?cent(er|re)|cloud|lambda|box|droplet|backend)|hosting|hetzner|aws|ec2|digital ?ocean|ovh|azure|heroku|vercel|github actions|data ?cent(er|re))\b`
	severalOf      = `\b(replicas?|instances|workers|pods|nodes|servers|scal(e|ed|ing)|(two|three|four|several|many|both|other|second|multiple) (\w+ )?(tabs?|devices?|phones?|machines?|browsers?|computers?|windows?|processes|copies)|phone\b[^\n.]{0,60}\b(website|browser|laptop|computer|desktop|tablet|web)|tablet|and the other way round)\b`
	insideName     = `\b(inside|internal(ly)?|(in|from|within) (the )?(docker|container|cluster|compose|pod|network))\b`
	outsideName    = `\b(outside|external(ly)?|public(ly)?|from the (browser|internet|front ?end)|browser|front ?end)\b`
	hosts          = `\b(hosts?|host ?names?|names?|address(es)?|urls?|domains?|called|issuer|ip)\b`

	// When.
	afterWhile = `\b(after (an hour|lunch|a (while|few|couple)|some (time|hours|minutes)|about|\d+|one hour|two hours|a day)|(an hour|hours|minutes|\d+ ?(min(utes)?|h(ours)?)) (later|after)|when i (come|get) back|in the afternoon|every hour|each hour|until i|next (day|morning))\b`
	weekly     = `\b(week(s|ly)?|(mon|tues|wednes|thurs|fri|satur|sun)days?|(7|seven) days)\b`
	long       = `\b(months?|weeks|half a year|a year|years|holidays?|vacation|summer|parental|long time)\b`
	oClock     = `\b((at|around|about|by|until|till|from) (\d{1,2}(:\d\d)? ?([ap]\.?m\.?|o.?clock|utc|h\b)?|noon|midnight|two|three|four)|evenings?|afternoons?|mornings?|midnight|overnight|at night|next day|tomorrow|the day|get up|every day|each day|daily|a day)\b`
	goesOn     = `\b(again|goes on|went on|resum\w+|continues?|back to normal|as if nothing|recovers?|by itself|on its own)\b`
	idle       = `\b(idle|not (been )?(used|touched)|nobody (has )?(used|works?|touch\w*)|no (traffic|one|calls|requests)|after a (coffee|break|pause|while|weekend|night|quiet)|quiet|for a while|in the morning|first (click|call|request|try|attempt|one|visitor|user)|sleep\w*)\b`
	secondTry  = `\b((second|next|third|another) (click|call|request|try|attempt|time|one)|try(ing)? again|retr(y|ies|ied)|reload\w*|again (it )?works|press(es|ed)? again|F5)\b`
	twiceDone  = `\b(twice|two times|double[- ]?click\w*|back (button|arrow)|go(es)? back|reload\w*|F5|refresh(es|ed)? (the|their|this) page|(second|another) tab|re-?submit\w*|strict ?mode|again the same)\b`
	pauses     = `\b(break ?points?|debug(ger|ging)?|step(s|ped|ping)? through|wait(s|ed|ing)?|pauses?|slow(ly)?|(look|looked) around|a bit|minutes|coffee|too long|by hand)\b`
	seconds    = `\b(exactly|always|after) (\w+ )?(\d+|ten|twenty|thirty|sixty|one|two|half a) ?(s|sec|seconds?|minutes?|min)\b|\b(\d+|ten|thirty|sixty|one|two) (seconds?|minutes?)\b`
	takesLong  = `\b(takes?|took|runs?|needs?|long(er)?|slow|heavy|spins?|calculat\w*|report|overview|export|query|large(st)?|big(gest)?)\b`

	// What was done before.
	deployed  = `\b(deploy\w*|restart\w*|roll ?out|rolling|updat(e|ed|es|ing)|upgrad\w*|releas\w*|new version|reboot\w*)\b`
	movedTo   = `\b(mov(e|ed|ing)|chang(e|ed|ing)|new|switch(ed)?|renam\w+|migrat\w*|added|export(ed)?|import(ed)?|another|other)\b`
	domain    = `\b(domains?|address|urls?|host ?names?|sub ?domain|port|https|path|ngrok|localhost|preview (deployment|url)|staging)\b`
	newOne    = `\b(new|renew\w*|regenerat\w*|rotat\w*|replac\w*|re-?creat\w*|delet\w+|chang\w+|reset|cleaned|expired|revok\w+)\b`
	pasted    = `\b(copi(ed|es)|copy|past(e|ed|ing)|e-?mail(ed)?|mail|chat|slack|teams|pdf|word document|excel|typ(e|ed) (\w+ ){0,4}by hand|by hand|identical|letter by letter|same key|exact same|look(s)? the same|line break|new ?line|editor|manifest|echo)\b`
	notSet    = `\b((never|not|n.?t|forgot(ten)? to|without|un) ?(defin\w+|set|fill(ed)?|export(ed)?|replac(ed|ing)|configured|resolved|substitut\w+|expanded)|undefined|placeholder|literally|empty (variable|value|string)|is empty)\b`
	aVariable = `\b(variables?|env(ironment)?|placeholder|config(uration)?|settings?|template|secrets? (store|manager)|\.env|pipeline|ci|deploy job)\b`

	// What a text is about that words alone may tell of: that something goes wrong, and that it is of ours.
	goesWrong = isRefused + `|` + fails + `|` + notThere + `|\b(wrong|gone|problem|trouble|lost|empty|missing|rubbish|unreadable|complain\w*|expired|dead|died|dies|gives? up|chokes?|slow|instead|only|page)\b`
	ofOurs    = `\b(apis?|tokens?|keys?|secrets?|passwords?|logins?|log(s|ged|ging)? ?(in|on)|sign(s|ed|ing)?[ -]?(in|on|ups?)|servers?|services?|back ?ends?|front ?ends?|gateway|prox(y|ies)|browsers?|scripts?|apps?|bots?|requests?|calls?|responses?|endpoints?|integrations?|webhooks?|certificates?|containers?|upload\w*|download\w*|account|sso|oauth\w*|json|http\w*|urls?|ports?|hosts?|localhost|domains?|sync|client|nginx|docker|postman|curl|console|session|cookies?|status|answers?|vpn|web ?sites?|program|database|importer?|tool|function|library|job)\b`
)
