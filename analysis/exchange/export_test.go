package exchange

// WithBudget has files take at most so many bytes until the function it returns is called.
func WithBudget(bytes int64) (restore func()) {
	before := budgetOf
	budgetOf = func(int64) int64 { return bytes }
	return func() { budgetOf = before }
}

// Budget is that of a file of so many bytes.
func Budget(size int64) int64 { return budgetOf(size) }
