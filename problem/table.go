package problem

// TableRow is one kind of failure as data, for tools and reference pages: what `candor explain --catalogue --json` writes.
type TableRow struct {
	Problem  string       `json:"problem"`
	Type     string       `json:"type"` // of RFC 9457 where no page is configured
	Title    string       `json:"title"`
	Standard TableWords   `json:"standard"`
	LinkedIn TableWords   `json:"linkedin"`
	Causes   []string     `json:"causes"`
	Fixes    []string     `json:"fixes"`
	More     []string     `json:"linkedinFixes,omitempty"` // what the linkedin profile advises beside
	Who      string       `json:"who"`
	Retry    string       `json:"retry"`
	Action   string       `json:"action"`
	Details  []TableCause `json:"details,omitempty"`
}

// TableWords is what one profile says; message and fix are those of an example.
type TableWords struct {
	Status           int    `json:"status"`
	ServiceErrorCode int    `json:"serviceErrorCode"`
	Code             string `json:"code"`
	Message          string `json:"message"`
	Fix              string `json:"fix"`
	Challenge        string `json:"challenge,omitempty"`
}

// TableCause is one known cause of a failure, and what to do about it.
type TableCause struct {
	Name string `json:"name"`
	Text string `json:"text"`
	Fix  string `json:"fix"`
}

// Table is the whole catalogue of what something answers with as data, in the order of Types, with both profiles as they are without configuration.
func Table() []TableRow { return TableOf(plain(Standard), plain(LinkedIn)) }

// TableOf is the same of two catalogues with the configuration's words in them: the first of the standard profile, the second of linkedin.
func TableOf(standard, linkedin *Catalogue) []TableRow {
	table := make([]TableRow, 0, typeCount)
	for _, t := range Types() {
		r := standard.Row(t)
		row := TableRow{
			Problem: r.Name, Type: typeTag + r.Name, Title: r.Title, Standard: standard.words(t), LinkedIn: linkedin.words(t),
			Causes: r.Causes, Fixes: r.Fixes, More: advice[t].linkedin, Who: r.Who.String(), Retry: r.Retry.String(), Action: r.Action.String(),
		}
		for _, d := range Details(t) {
			p := ExampleOf(d)
			row.Details = append(row.Details, TableCause{
				Name: d.Name(), Text: string(standard.AppendDetail(nil, &p)), Fix: string(standard.AppendFix(nil, &p)),
			})
		}
		table = append(table, row)
	}
	return table
}

// plain is a catalogue without configuration, which nothing can be wrong with.
func plain(profile Profile) *Catalogue {
	c, err := New(Options{Profile: profile})
	if err != nil {
		panic("problem: " + err.Error())
	}
	return c
}

func (c *Catalogue) words(t Type) TableWords {
	r, p := c.Row(t), exampleIn(c.options.Profile, t)
	return TableWords{
		Status: r.Status, ServiceErrorCode: r.Subcode, Code: r.Code, Message: r.Message, Fix: r.Fix,
		Challenge: string(c.AppendChallenge(nil, &p)),
	}
}
