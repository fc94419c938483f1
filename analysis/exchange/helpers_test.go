package exchange_test

import (
	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// assembled returns f with a column of features.
func assembled(f analysis.Frame, input, output string) *plan.Node {
	return plan.New(plan.Assemble{Inputs: []string{input}, Output: output, Invalid: "skip"}, f.Node())
}
