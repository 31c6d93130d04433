package api

import (
	"net/http"
	"strconv"
)

// company is an organization of the sandbox, as invented as its members.
type company struct {
	id                            int64
	name, vanity, website, about  string
	industry, size, city, country string
	founded                       int
	created                       int64 // milliseconds
	logo                          string
	currency                      string
}

var companies = [...]company{
	{id: 98310427, name: "Tallyfield Software", vanity: "tallyfield-software", website: "https://tallyfield.example", about: "Time sheets for people who would rather be doing the work.", industry: "urn:li:industry:4", size: "SIZE_51_TO_200", city: "Rotterdam", country: "NL", founded: 2014, created: 1413878400000, logo: "urn:li:digitalmediaAsset:C4D0BAQF7tally1ogo", currency: "EUR"},
	{id: 97450318, name: "Harbour & Pine Logistics", vanity: "harbour-and-pine", website: "https://harbourandpine.example", about: "Freight by sea and rail, and a map that tells where it is.", industry: "urn:li:industry:116", size: "SIZE_1001_TO_5000", city: "Marseille", country: "FR", founded: 1987, created: 1328054400000, logo: "urn:li:digitalmediaAsset:C4D0BAQF2harb1ogo", currency: "EUR"},
	{id: 99120654, name: "Northlight Energy", vanity: "northlight-energy", website: "https://northlight.example", about: "Wind farms in cold seas.", industry: "urn:li:industry:144", size: "SIZE_201_TO_500", city: "Gothenburg", country: "SE", founded: 2009, created: 1489536000000, logo: "urn:li:digitalmediaAsset:C4D0BAQF9nort1ogo", currency: "SEK"},
	{id: 96803271, name: "Kettle & Crane Roasters", vanity: "kettle-and-crane", website: "https://kettleandcrane.example", about: "Coffee roasted on Tuesdays.", industry: "urn:li:industry:34", size: "SIZE_11_TO_50", city: "Portland", country: "US", founded: 2018, created: 1525910400000, logo: "urn:li:digitalmediaAsset:C4D0BAQF4kett1ogo", currency: "USD"},
}

// organization is GET /rest/organizations/{id}.
func (a *API) organization(r *http.Request, _ caller) answer {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id < 1 {
		return failParameter("id", "The id of an organization is a number, such as "+strconv.FormatInt(companies[0].id, 10))
	}
	for i := range companies {
		if companies[i].id == id {
			return ok(companies[i].object())
		}
	}
	return notFound("organization", r.PathValue("id"))
}

func (o *company) urn() string { return "urn:li:organization:" + strconv.FormatInt(o.id, 10) }

func (o *company) object() object {
	english := object{{key: "country", value: "US"}, {key: "language", value: "en"}}
	localized := func(text string) object {
		return object{{key: "localized", value: object{{key: "en_US", value: text}}}, {key: "preferredLocale", value: english}}
	}
	address := object{{key: "city", value: o.city}, {key: "country", value: o.country}}
	return object{
		{key: "id", value: o.id},
		{key: "$URN", value: o.urn()},
		{key: "vanityName", value: o.vanity},
		{key: "localizedName", value: o.name},
		{key: "name", value: localized(o.name)},
		{key: "localizedDescription", value: o.about},
		{key: "description", value: localized(o.about)},
		{key: "localizedWebsite", value: o.website},
		{key: "industries", value: list{o.industry}},
		{key: "staffCountRange", value: o.size},
		{key: "primaryOrganizationType", value: "NONE"},
		{key: "organizationType", value: "PRIVATELY_HELD"},
		{key: "foundedOn", value: object{{key: "year", value: o.founded}}},
		{key: "locations", value: list{object{{key: "locationType", value: "HEADQUARTERS"}, {key: "address", value: address}}}},
		{key: "logoV2", value: object{{key: "original", value: o.logo}}},
		{key: "created", value: object{{key: "time", value: o.created}}},
		{key: "versionTag", value: "3"},
	}
}
