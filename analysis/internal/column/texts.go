package column

// A TextDescription is what [DescribeTexts] says of a String column. Top, Min and
// Max are the first rows that hold the values; -1 where there is no value.
type TextDescription struct {
	Count    int64 // rows that hold a value
	Nulls    int64 // rows that do not
	Distinct int64 // different values
	Top      int   // the most frequent value; of equally frequent ones the least
	Times    int64 // how many rows hold it
	Min, Max int   // by bytes
}

// DescribeTexts summarises String columns side by side. O(n).
func DescribeTexts(columns []*Column) []TextDescription {
	all := make([]TextDescription, len(columns))
	forEach(len(columns), func(i int) { all[i] = describeText(columns[i]) })
	return all
}

func describeText(c *Column) TextDescription {
	c = c.Coded()
	d := TextDescription{Count: int64(c.Len - c.Nulls), Nulls: int64(c.Nulls), Top: -1, Min: -1, Max: -1}
	for _, v := range ValueCounts(c) {
		if v.Null {
			continue
		}
		d.Distinct++
		if d.Top < 0 {
			d.Top, d.Times, d.Min, d.Max = v.Row, v.Count, v.Row, v.Row
		}
		if c.Code(v.Row) < c.Code(d.Min) { // codes order as the texts do
			d.Min = v.Row
		}
		if c.Code(v.Row) > c.Code(d.Max) {
			d.Max = v.Row
		}
	}
	return d
}

// DistinctAll is [Distinct] of the columns, side by side.
func DistinctAll(columns []*Column) []int {
	all := make([]int, len(columns))
	forEach(len(columns), func(i int) { all[i] = Distinct(columns[i]) })
	return all
}
