package explain

// signInNote is a word that www writes into the access log as problem where people sign in and decide, and the status of its page.
type signInNote struct {
	status string
	note
}

const (
	whoSignsIn = "whoever signs in"
	operators  = "the operator of the gateway"

	waitFor   = "Yes, after the seconds that Retry-After names."
	beginOnce = "No: begin once more."
	notBefore = "Not before it is mended."

	lookAtLog = "Candor's own log says more, with the id of this line."
	appAnew   = "Go back to the app, and begin there once more."
)

// signInNotes are those words, by themselves. What the authorization server refuses is a cause of its own (problem.OAuthCause).
var signInNotes = map[string]*signInNote{
	"wrong_password": {"403", note{
		"Wrong e-mail address or password", "At sign-in there is no such account, or its password is another; the two are not told apart. For somebody who changes a password it is the one that they have now.", whoSignsIn,
		[]string{"Look at the address and the password, and at caps lock.", "Who has forgotten it asks the operator, who sets a new one: candor member set-password."},
		"Yes, with the right password.",
	}},
	"too_many_attempts": {"429", note{
		"Too many attempts", "Too many sign-ins have failed for this address or from this network, so the password was not even checked.", whoSignsIn,
		[]string{"Wait as long as the page and Retry-After say; the right password is taken then.", "Many such lines for many addresses are somebody who guesses: look at client in the access log."},
		waitFor,
	}},
	"too_busy": {"429", note{
		"Too many passwords are being checked", "So many passwords were being checked at this moment that this one could not wait for its turn. Nothing is wrong with the account.", nobody,
		[]string{"Try again in a few seconds.", "If it lasts, the operator looks at who sends so many, and gives the gateway more cores."},
		waitFor,
	}},
	"not_a_developer": {"403", note{
		"Not a developer", "Somebody signed in who is neither a developer nor an operator, and asked for a page that shows what became of calls.", operators,
		[]string{"If they are to see it, make the account a developer's: candor developer create EMAIL, and name it among the owners of an app."},
		notBefore,
	}},
	"no_record": {"404", note{
		"No record of that call", "Somebody asked for the page of a call of which there is no record, or that is not theirs; the two are not told apart.", whoSignsIn,
		[]string{"Compare the id with the one of the answer.", "Records go with time, and of many failures in a second only some are kept (requests: in the configuration): candor requests list shows what there is."},
		"No: the same id is not found again.",
	}},
	"member_restricted": {"403", note{
		"Restricted account, at sign-in", "The password was right, or the provider vouched for them, but the operator has restricted this member. Nobody else learns of it.", operators,
		[]string{"If it is a mistake, lift the restriction: candor member restrict ID --lift."},
		notBefore,
	}},
	"form_of_another_site": {"403", note{
		"A form of another site", "A form came that did not stand on a page of ours, or its browser says so. Nothing was done.", whoSignsIn,
		[]string{"Open the page anew at the site's own address, and send its form.", "If all forms are refused, www.public_url is not the name by which browsers come, or a proxy on the way changes Origin or Host."},
		"Yes, from a page of public_url.",
	}},
	"too_many_sessions": {"429", note{
		"Too many sign-ins were begun", "From one network more sign-ins were begun, and not ended, than are kept.", whoSignsIn,
		[]string{"Try again in an hour, or from another network.", "If all come through a balancer, name it in www.trusted_proxies, so that each has an address of their own."},
		waitFor,
	}},
	"sign_in_unknown": {"400", note{
		"This sign-in is not known", "Somebody came back from the OpenID provider who was not sent there in this browser within an hour, or who came back twice. Nobody was signed in.", whoSignsIn,
		[]string{"Begin the sign-in once more, in one browser, with cookies allowed.", "If it happens to all, www.public_url is another host than the one to which the provider sends people back."},
		beginOnce,
	}},
	"provider_declined": {"403", note{
		"The provider did not sign them in", "The OpenID provider sent them back without a sign-in: they cancelled it, or are not let in there.", whoSignsIn,
		[]string{"Begin the sign-in once more.", "If it happens to all, look at who may use this client at the provider.", lookAtLog},
		beginOnce,
	}},
	"provider_unreachable": {"502", note{
		"The provider cannot be reached", "The OpenID provider does not answer, or answers with an error of its own. Nobody was signed in.", operators,
		[]string{"From the gateway's machine ask for {issuer}/.well-known/openid-configuration: name, firewall, certificate, time-out.", lookAtLog},
		"Yes, in a moment.",
	}},
	"provider_refused": {"502", note{
		"The provider refused us", "The token endpoint of the OpenID provider took neither us nor the code.", operators,
		[]string{"Compare client_id, client_secret and the redirect URI with how the client is registered at the provider; secrets run out.", lookAtLog},
		notBefore,
	}},
	"provider_wrong_answer": {"502", note{
		"The provider's answer cannot be used", "In what the OpenID provider answered issuer, signature, audience, time, nonce or the claim of the member's id is not as it must be.", operators,
		[]string{"Compare issuer and claim with the provider's, and the clocks.", lookAtLog},
		notBefore,
	}},
	"account_taken": {"403", note{
		"The account is another's", "Somebody signed in at the OpenID provider, but the address or the member's id that it told belongs to another account.", operators,
		[]string{"Candor's own log tells which, with the id of this line.", "Look at both accounts (candor member list): the one that should not be can be erased (candor member erase)."},
		notBefore,
	}},
	"request_answered": {"400", note{
		"The app's request was answered", "The form of an authorization was sent a second time, or the browser went back to it: the request has its answer already.", whoSignsIn,
		[]string{appAnew},
		beginOnce,
	}},
	"request_gone": {"400", note{
		"The app's request is gone", "The authorization request waits no more: it was too long ago, or the gateway no longer has what it kept for this browser.", whoSignsIn,
		[]string{appAnew},
		beginOnce,
	}},
	"request_of_another_browser": {"400", note{
		"The app's request is of another browser", "The authorization request does not wait for this browser: the address was copied from another one, or cookies are not kept.", whoSignsIn,
		[]string{appAnew, "Stay in one browser, and allow its cookies for this site."},
		beginOnce,
	}},
	"request_too_large": {"400", note{
		"The app's request is too large", "The authorization request cannot be kept until the member has signed in.", "whoever makes the app",
		[]string{"Send a shorter state: a random value, by which the app finds the rest with itself."},
		noRepeat,
	}},
	"signed_out": {"403", note{
		"Signed out meanwhile", "A form came from a page of somebody who is not signed in any more. Nothing was done.", whoSignsIn,
		[]string{"Sign in, and send the form once more."},
		"Yes, once signed in.",
	}},
}

// signIn explains such a word; false for what is none.
func signIn(word string) (Meaning, bool) {
	n, ok := signInNotes[word]
	if !ok {
		return Meaning{}, false
	}
	m := n.meaning(n.status)
	m.Problem = word
	return m, true
}
