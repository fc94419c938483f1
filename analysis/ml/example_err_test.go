package ml_test

import (
	"fmt"

	"github.com/stophacking/kelpie/analysis/ml"
)

// A mistake is reported with its line and its stage, before anything is computed.
func ExamplePipelineModel_Err() {
	model := ml.Pipeline{
		ml.StringIndexer{InputCols: []string{"CMD"}},
		ml.VectorAssembler{InputCols: []string{"CMD_indx", "CPU"}},
		ml.GBTClassifier{LabelCol: "attack"},
	}.Fit(processes())
	fmt.Println(model.Err())
	// Output:
	// ml: example_err_test.go:15: stage 2: vector assembler: no column "CMD_indx"; there are CMD, CPU, attack, CMD_index
}
