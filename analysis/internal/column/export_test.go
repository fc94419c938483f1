package column

// PlainForm returns a String column in plain form, whatever its texts.
func PlainForm(c *Column) *Column {
	p := *c
	p.Codes16, p.Codes, p.Dictionary = nil, nil, nil
	p.layOut(c.Text)
	return &p
}
