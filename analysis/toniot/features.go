package toniot

// The columns that the models of the notebooks learn from. Left out are the
// label, its kind, and ts: the attacks lie within a few days, so a model that sees
// the time learns when they were staged, not what they look like.
var (
	// ProcessNumbers leaves out RTPR, which is always 0.
	ProcessNumbers = []string{"PID", "TRUN", "TSLPI", "TSLPU", "NICE", "PRI", "CPUNR", "EXC", "CPU"}

	// ProcessCategories are the process columns of few texts. POLI, which the
	// assignment maps to numbers (see PolicyValues), is not among them, and CMD,
	// which has hundreds of texts, is not either.
	ProcessCategories = []string{"Status", "State"}

	MemoryNumbers = []string{"PID", "MINFLT", "MAJFLT", "VSTEXT", "VSIZE", "RSIZE", "VGROW", "RGROW", "MEM"}
)

// PolicyValues are the scheduling policies in POLI in the order of the
// assignment; PolicyNumbers[i] is what PolicyValues[i] is mapped to.
var (
	PolicyValues  = []string{"norm", "btch", "idle", "fifo", "rr", "0", "-"}
	PolicyNumbers = []float64{0, 1, 2, 3, 4, 5, 6}
)
