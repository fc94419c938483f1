package tree_test

import (
	"context"
	"fmt"

	"github.com/stophacking/kelpie/analysis/internal/score"
	"github.com/stophacking/kelpie/analysis/internal/tree"
)

func ExampleTrain() {
	features := of(
		floats("cpu", 1, 2, 40, 50, 3, 60),
		indexes("command", 3, true, 0, 1, 2, 2, 2, 0),
	)
	labels := []float64{0, 0, 1, 1, 0, 1}
	model, log, err := tree.Train(context.Background(), tree.Data{Features: features, Rows: len(labels), Labels: labels}, tree.Parameters{}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(log)
	fmt.Println(model.Names, model.Importances())

	scores := make([]float64, len(labels))
	if err := score.Predict(model, features, len(labels), scores, nil); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(scores)
	// Output:
	// 6 rows, 3 of class 1
	// tree 1: 2 leaves, log-loss 0.000000
	// [cpu command_v0 command_v1 command_v2] [1 0 0 0]
	// [0 0 1 1 0 1]
}
