package digest

// sign is a row of what failures can be a case of. In its sentences {who} is the app, {n} how many there are, {calls} how many calls, {resource} of which resource.
type sign struct {
	name      string
	problems  []string
	resources bool    // each resource is a finding of its own
	least     int64   // calls of an app, for it to count
	share     float64 // of all its calls, as well
	one, many string
	do        string
	to        whom
}

// whom is who can mend it.
type whom uint8

const (
	owners whom = iota
	ownersAndLimits
	operators
	upstreams
)

// signs are looked for in this order; what fits none is told by its problem.
var signs = []sign{
	{
		name: "tokens_not_refreshed", problems: []string{"expired_access_token"}, least: 20, share: 0.02,
		one: "{who} does not refresh its tokens: {calls} came with expired ones", many: "{n} apps do not refresh their tokens: {calls} came with expired ones",
		do: "Refresh a token before its expires_in is over, or once when 401 expired_access_token comes, and use the new one from then on.",
	},
	{
		name: "dead_tokens", problems: []string{"revoked_access_token"}, least: 20, share: 0.02,
		one: "{who} goes on with tokens that were revoked: {calls}", many: "{n} apps go on with tokens that were revoked: {calls}",
		do: "Stop using a token that was revoked, and send the member through authorization again.",
	},
	{
		name: "no_token", problems: []string{"empty_access_token"}, least: 20,
		one: "{who} sends no token: {calls}", many: "{n} apps send no token: {calls}",
		do: "Send Authorization: Bearer TOKEN with each call, also with those that follow a redirect, which many clients send without it.", to: operators,
	},
	{
		name: "forbidden", problems: []string{"access_denied"}, resources: true,
		one: "{who} is refused at {resource} for want of a permission: {calls}", many: "{n} apps are refused at {resource} for want of a permission: {calls}",
		do: "Give the app a product with the scope, and let it ask the member for it; or let it call something else.",
	},
	{
		name: "disabled", problems: []string{"app_disabled"},
		one: "{who} is disabled and goes on calling: {calls}", many: "{n} apps are disabled and go on calling: {calls}",
		do: "Tell the owners why, or enable the app again: candor app enable NAME.",
	},
	{
		name: "limits_used_up", problems: []string{"throttled"},
		one: "{who} uses up its limits: {calls} were refused", many: "{n} apps use up their limits: {calls} were refused",
		do: "Look for redundant calls first, and keep answers; wait for the reset that the answer names; then ask for more.", to: ownersAndLimits,
	},
	{
		name: "guessing", problems: []string{"too_many_failures"},
		one: "{who} sends bad credentials in a row: {calls} were refused for it", many: "{n} apps send bad credentials in a row: {calls} were refused for it",
		do: "Find out by the addresses of the records whether somebody guesses, or a client repeats a wrong credential without end.", to: operators,
	},
	{
		name: "overload", problems: []string{"infrastructure_protection", "service_unavailable"},
		one: "The gateway had no room for {calls}", many: "The gateway had no room for {calls} of {n} apps",
		do: "Compare the calls in flight with limits.in_flight and the in_flight of upstreams, look in the log for a breaker that opened, and add instances, or make the API answer sooner.", to: operators,
	},
	{
		name: "wrong_path", problems: []string{"resource_not_found"},
		one: "{who} calls paths that are not there: {calls}", many: "{n} apps call paths that are not there: {calls}",
		do: "Compare the path with the documentation; where many miss the same one, a route or a redirect may be missing.",
	},
	{
		name: "old_version", problems: []string{"nonexistent_version"},
		one: "{who} asks for a version that is not active: {calls}", many: "{n} apps ask for versions that are not active: {calls}",
		do: "Ask for an active version, and keep it up to date: the answer names those that are.",
	},
	{
		name: "left_early", problems: []string{"client_gone"}, least: 20, share: 0.01,
		one: "{who} leaves before the answer comes: {calls}", many: "{n} apps leave before the answer comes: {calls}",
		do: "Give the call more time, or make it quicker: look at how long these calls had taken.",
	},
	{
		name: "api_fails", problems: []string{"upstream_server_error"}, resources: true,
		one: "The API fails at {resource}: {calls} of one app", many: "The API fails at {resource}: {calls} of {n} apps",
		do: "Look into the log of the API at the times of the examples.", to: upstreams,
	},
}
