//go:build !windows

package main

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/stophacking/kelpie/analysis"
)

// oracleFrame is a frame that other programs are to read: every type, the ends of each, and nulls.
func oracleFrame(s *analysis.Session) analysis.Frame {
	const rows = 3000 // of which the first are the awkward ones
	small, large := []int32{math.MinInt32, math.MaxInt32, 0}, []int64{math.MinInt64, math.MaxInt64, 0}
	floats := []float64{math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(0, -1), math.MaxFloat64, math.SmallestNonzeroFloat64}
	texts := []string{"", "größe", "a\"b,\n", "null", "\x00", "a text of more than twelve bytes"}
	times := []time.Time{time.Unix(-1, 0), time.Unix(0, 0), time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)}
	var flags []bool
	var nulls, all []int
	for i := range rows {
		small, large, flags = append(small, int32(i*i)), append(large, int64(i)<<20), append(flags, i%3 == 0)
		floats, texts = append(floats, float64(i)/7), append(texts, "command "+strconv.Itoa(i%97))
		times = append(times, time.Unix(1556549159+int64(i), 0))
		if i%11 == 7 {
			nulls = append(nulls, i)
		}
		all = append(all, i)
	}
	return s.FromColumns(
		analysis.Int32s("small", small[:rows]...).Nulls(nulls...),
		analysis.Int64s("large", large[:rows]...).Nulls(nulls...),
		analysis.Float64s("float", floats[:rows]...).Nulls(nulls...),
		analysis.Bools("flag", flags...).Nulls(nulls...),
		analysis.Strings("text", texts[:rows]...).Nulls(nulls...),
		analysis.Timestamps("time", times[:rows]...).Nulls(nulls...),
		analysis.Float64s("without nulls", floats[:rows]...),
		analysis.Strings("only nulls", texts[:rows]...).Nulls(all...),
	)
}

// oracleTexts is a frame of texts that are mostly different, which are kept in another form than others.
func oracleTexts(s *analysis.Session) analysis.Frame {
	texts := []string{"", "größe", "a\"b,\n", "null", "\x00"}
	var nulls []int
	for i := range 150_000 {
		texts = append(texts, "/home/"+strconv.Itoa(i*7919))
		if i%11 == 7 {
			nulls = append(nulls, i)
		}
	}
	return s.FromColumns(analysis.Strings("plain string", texts...).Nulls(nulls...))
}

// An expected frame is what oracle.py compares with: values are texts, nil for a null.
type expected struct {
	Columns []expectedColumn `json:"columns"`
}

type expectedColumn struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Values []any  `json:"values"`
}

// expectation writes a table out.
func expectation(schema analysis.Schema, table analysis.Table) expected {
	var e expected
	for _, field := range schema.Fields {
		c := expectedColumn{Name: field.Name, Type: field.Type.String(), Values: []any{}}
		if field.Name == "plain string" { // the form of texts is no type of frames
			c.Type = field.Name
		}
		for i := range table.Len() {
			value, err := table.Value(i, field.Name)
			switch v := value.(type) {
			case nil:
				if err != nil {
					panic(err) // a column of the table's own schema
				}
			case float64:
				value = strconv.FormatFloat(v, 'g', -1, 64)
			default:
				value = fmt.Sprint(v)
			}
			c.Values = append(c.Values, value)
		}
		e.Columns = append(e.Columns, c)
	}
	return e
}
