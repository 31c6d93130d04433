package api

import "strings"

// Person is a member of the sandbox. All of them are invented.
type Person struct {
	// ID is the person id, the last part of the member's URN, and the subject of the member's grants.
	ID string
	// First and Last are the name in English; every member has one.
	First, Last string
	// Headline, Vanity and Email are what the profile shows.
	Headline, Vanity, Email string

	language, country   string // of the preferred locale
	localFirst          string // the name in the preferred locale, where it is spelled otherwise
	localLast           string
	localHeadline       string
	email, image, color string // number of the e-mail's URN, asset of the picture, ground of the picture
}

// members are the people of the sandbox, in the order in which sandbox.json lists them.
var members = [...]Person{
	{ID: "aK3vQz81Lm", First: "Amara", Last: "Okafor", Headline: "Platform engineer at Harbour & Pine Logistics", Vanity: "amara-okafor", Email: "amara.okafor@example.com", language: "en", country: "US", email: "3775700101", image: "C4D03AQHk1amara0kfr", color: "#7a3e48"},
	{ID: "yrZCpj2Z12", First: "Daniel", Last: "Brandt", Headline: "Developer advocate at Tallyfield Software", Vanity: "daniel-brandt", Email: "daniel.brandt@example.com", language: "en", country: "US", email: "3775700102", image: "C4D03AQHb7danie1brt", color: "#1f5f8b"},
	{ID: "Wc0mLe59Xq", First: "Mei-Ling", Last: "Chen", Headline: "Data engineer at Northlight Energy", Vanity: "meiling-chen", Email: "meiling.chen@example.com", language: "zh", country: "TW", localFirst: "美玲", localLast: "陳", localHeadline: "Northlight Energy 資料工程師", email: "3775700103", image: "C4D03AQHc2me1l1ngch", color: "#2e6f57"},
	{ID: "pT7hUd26Rs", First: "Joao", Last: "Ferreira", Headline: "Product designer, maps and timetables", Vanity: "joao-ferreira", Email: "joao.ferreira@example.com", language: "pt", country: "BR", localFirst: "João", localLast: "Ferreira", localHeadline: "Designer de produto, mapas e horários", email: "3775700104", image: "C4D03AQHd9joaof3rra", color: "#8a5a14"},
	{ID: "Fn4kSy93Gb", First: "Sofia", Last: "Lindqvist", Headline: "Site reliability engineer at Northlight Energy", Vanity: "sofia-lindqvist", Email: "sofia.lindqvist@example.com", language: "sv", country: "SE", localFirst: "Sofia", localLast: "Lindqvist", localHeadline: "Driftsäkerhetsingenjör på Northlight Energy", email: "3775700105", image: "C4D03AQHe4sof1alnqv", color: "#4b4f91"},
	{ID: "qJ8xVo15Dw", First: "Yui", Last: "Tanaka", Headline: "Mobile developer at Tallyfield Software", Vanity: "yui-tanaka", Email: "yui.tanaka@example.com", language: "ja", country: "JP", localFirst: "結衣", localLast: "田中", localHeadline: "Tallyfield Software モバイル開発者", email: "3775700106", image: "C4D03AQHf6yu1tanaka", color: "#96406b"},
	{ID: "Hz2bNi70Pk", First: "Marcus", Last: "Whitfield", Headline: "Media buyer at Kettle & Crane Roasters", Vanity: "marcus-whitfield", Email: "marcus.whitfield@example.com", language: "en", country: "US", email: "3775700107", image: "C4D03AQHg8marcuswhf", color: "#30606e"},
	{ID: "tG6wEa34Yc", First: "Zofia", Last: "Wisniewska", Headline: "Security analyst", Vanity: "zofia-wisniewska", Email: "zofia.wisniewska@example.com", language: "pl", country: "PL", localFirst: "Zofia", localLast: "Wiśniewska", localHeadline: "Analityczka bezpieczeństwa", email: "3775700108", image: "C4D03AQHh1zof1aw1sn", color: "#6a3d8f"},
	{ID: "Mv9sKu82Ft", First: "Omar", Last: "Haddad", Headline: "Engineering manager at Harbour & Pine Logistics", Vanity: "omar-haddad", Email: "omar.haddad@example.com", language: "fr", country: "FR", localFirst: "Omar", localLast: "Haddad", localHeadline: "Chef d’équipe logicielle chez Harbour & Pine Logistics", email: "3775700109", image: "C4D03AQHi3omarhaddd", color: "#3f6b2f"},
	{ID: "bR1oXl67Jn", First: "Priya", Last: "Raghunathan", Headline: "Machine learning engineer, forecasting", Vanity: "priya-raghunathan", Email: "priya.raghunathan@example.com", language: "en", country: "GB", localFirst: "Priya", localLast: "Raghunathan", localHeadline: "Machine learning engineer, forecasting", email: "3775700110", image: "C4D03AQHj5pr1yaragh", color: "#a0522d"},
	{ID: "Sd5qBg48Hv", First: "Lucia", Last: "Navarro", Headline: "Head of community at Kettle & Crane Roasters", Vanity: "lucia-navarro", Email: "lucia.navarro@example.com", language: "es", country: "ES", localFirst: "Lucía", localLast: "Navarro", localHeadline: "Directora de comunidad en Kettle & Crane Roasters", email: "3775700111", image: "C4D03AQHk7luc1anavr", color: "#b03a2e"},
	{ID: "kY0fTm21Za", First: "Tom", Last: "Verhoeven", Headline: "Backend engineer at Tallyfield Software", Vanity: "tom-verhoeven", Email: "tom.verhoeven@example.com", language: "nl", country: "NL", localFirst: "Tom", localLast: "Verhoeven", localHeadline: "Backend-ontwikkelaar bij Tallyfield Software", email: "3775700112", image: "C4D03AQHl9tomverhvn", color: "#255d83"},
}

// Members gives the people of the sandbox, in their order.
func Members() []Person { return members[:] }

// Name is the whole name in English.
func (p *Person) Name() string { return p.First + " " + p.Last }

func (p *Person) urn() string { return "urn:li:person:" + p.ID }

// localized is a text in English and in the member's preferred locale.
func (p *Person) localized(english, local string) object {
	texts := object{{key: "en_US", value: english}}
	if local != "" {
		texts = append(texts, pair{key: p.language + "_" + p.country, value: local})
	}
	locale := object{{key: "country", value: p.country}, {key: "language", value: p.language}}
	return object{{key: "localized", value: texts}, {key: "preferredLocale", value: locale}}
}

// preferred is the text in the preferred locale where there is one.
func preferred(english, local string) string {
	if local != "" {
		return local
	}
	return english
}

// profile is the member as /v2/me and /v2/people show them.
func (a *API) profile(p *Person) object {
	return object{
		{key: "localizedLastName", value: preferred(p.Last, p.localLast)},
		{key: "profilePicture", value: a.picture(p)},
		{key: "firstName", value: p.localized(p.First, p.localFirst)},
		{key: "vanityName", value: p.Vanity},
		{key: "lastName", value: p.localized(p.Last, p.localLast)},
		{key: "localizedHeadline", value: preferred(p.Headline, p.localHeadline)},
		{key: "id", value: p.ID},
		{key: "headline", value: p.localized(p.Headline, p.localHeadline)},
		{key: "localizedFirstName", value: preferred(p.First, p.localFirst)},
	}
}

func (a *API) picture(p *Person) object {
	file := object{
		{key: "identifier", value: a.pictureURL(p)},
		{key: "mediaType", value: "image/svg+xml"},
		{key: "identifierType", value: "EXTERNAL_URL"},
	}
	streams := object{
		{key: "paging", value: object{{key: "count", value: 10}, {key: "start", value: 0}, {key: "links", value: list{}}}},
		{key: "elements", value: list{object{
			{key: "artifact", value: "urn:li:digitalmediaMediaArtifact:(urn:li:digitalmediaAsset:" + p.image + ",urn:li:digitalmediaMediaArtifactClass:profile-displayphoto-shrink_100_100)"},
			{key: "authorizationMethod", value: "PUBLIC"},
			{key: "identifiers", value: list{file}},
		}}},
	}
	return object{
		{key: "displayImage", value: "urn:li:digitalmediaAsset:" + p.image},
		{key: "displayImage~", value: streams, onDemand: true},
	}
}

func (a *API) pictureURL(p *Person) string { return a.pictures + "/" + p.ID + ".svg" }

// PictureSVG draws the picture of the member with this id: their initials on a ground of their own.
func PictureSVG(id string) (svg string, ok bool) {
	for i := range members {
		if p := &members[i]; p.ID == id {
			return strings.NewReplacer("COLOR", p.color, "INITIALS", p.First[:1]+p.Last[:1], "NAME", p.Name()).Replace(
				`<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100" viewBox="0 0 100 100" role="img" aria-label="NAME">` +
					`<rect width="100" height="100" fill="COLOR"/>` +
					`<text x="50" y="63" font-family="sans-serif" font-size="38" fill="#fff" text-anchor="middle">INITIALS</text></svg>`), true
		}
	}
	return "", false
}
