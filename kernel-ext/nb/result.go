package nb

// Result shows the results of a call that is the last expression of a cell. Kelpie's
// kernel writes it around such calls; there is no need to call it.
//
// A non-nil error as the last of the results fails the cell. Otherwise the last
// value is shown as the cell's own (Out[n]) and those before it as Show does. A nil
// error is not shown, nor is a lone (int, error): the count of bytes that printing
// and writing return.
func Result(results ...any) {
	if n := len(results); n > 0 {
		if err, ok := results[n-1].(error); ok && err != nil {
			fail(err)
		}
		if results[n-1] == nil {
			results = results[:n-1]
			if _, count := at(results, 0).(int); count && n == 2 {
				return
			}
		}
	}
	for i, value := range results {
		b, err := render(value)
		if err != nil {
			fail(err)
		}
		b.result = i == len(results)-1
		deliver(b)
	}
}

// ResultValue shows the value of the last expression of a cell that is not a call.
// An error is shown here as any other value.
func ResultValue(value any) {
	b, err := render(value)
	if err != nil {
		fail(err)
	}
	b.result = true
	deliver(b)
}

// at returns the value at index i, nil where there is none.
func at(values []any, i int) any {
	if i >= len(values) {
		return nil
	}
	return values[i]
}
