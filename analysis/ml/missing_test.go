package ml_test

import (
	"math"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/ml"
)

// The first error about a missing value says all that is needed to train on it,
// and what it says works.
func TestErrorsOfMissingValuesLeadOut(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	y, w, v := analysis.Int64s("y", 0, 1, 0, 1), analysis.Float64s("w", 1, 1, 1, 1), analysis.Bools("v", false, false, false, true)
	null, values := analysis.Float64s("port", 1, 2, 3, 4).Nulls(2), analysis.Float64s("port", 1, 2, 3, 4)
	skip, keep := ml.VectorAssembler{InputCols: []string{"port"}}, ml.VectorAssembler{InputCols: []string{"port"}, HandleInvalid: "keep"}
	train := func(rows []analysis.Values, stages ...ml.Stage) ([]string, error) {
		return ml.Pipeline(stages).Fit(frame(rows...)).Warnings()
	}
	out := []string{"HandleInvalid", "keep", "AllowMissing"}
	for name, c := range map[string][3]ml.Stage{ // without AllowMissing, with it, and with a scaler's output
		"tree":   {ml.DecisionTreeClassifier{LabelCol: "y"}, ml.DecisionTreeClassifier{LabelCol: "y", AllowMissing: true}, ml.DecisionTreeClassifier{LabelCol: "y", FeaturesCol: "features_scaled"}},
		"forest": {ml.RandomForestClassifier{LabelCol: "y"}, ml.RandomForestClassifier{LabelCol: "y", AllowMissing: true}, ml.RandomForestClassifier{LabelCol: "y", FeaturesCol: "features_scaled"}},
		"spark":  {ml.GBTClassifier{LabelCol: "y"}, ml.GBTClassifier{LabelCol: "y", AllowMissing: true}, ml.GBTClassifier{LabelCol: "y", FeaturesCol: "features_scaled"}},
		"newton": {ml.GBTClassifier{LabelCol: "y", Newton: true}, ml.GBTClassifier{LabelCol: "y", Newton: true, AllowMissing: true}, ml.GBTClassifier{LabelCol: "y", FeaturesCol: "features_scaled", Newton: true}},
	} {
		for _, bad := range []analysis.Values{null, analysis.Float64s("port", 1, 2, nan, 4), analysis.Int64s("port", 1, 2, 3, 4).Nulls(2)} {
			_, err := train([]analysis.Values{bad, y}, skip, c[0])
			wantError(t, err, append(out, "column port", "row 2")...)
			_, err = train([]analysis.Values{bad, y}, keep, c[0])
			wantError(t, err, append(out, `feature "port" is NaN in row 2`, "Imputer")...)
			if _, err := train([]analysis.Values{bad, y}, keep, c[1]); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		_, err := train([]analysis.Values{analysis.Float64s("port", 1, 2, 3, inf), y}, keep, c[1])
		wantError(t, err, `feature "port" is +Inf in row 3`, "finite, with AllowMissing too")

		// A scaler spreads a NaN over its feature, as Spark's does.
		for _, scaler := range []ml.Stage{ml.StandardScaler{}, ml.StandardScaler{WithMean: true, WithoutStd: true}} {
			_, err = train([]analysis.Values{null, y}, keep, scaler, c[2])
			wantError(t, err, `feature "port" is NaN`, "scaler", "Imputer before it")
		}
	}
	for _, column := range []analysis.Values{analysis.Float64s("port", nan, nan, nan, nan), analysis.Int64s("port", 1, 2, 3, 4).Nulls(0, 1, 2, 3)} {
		warnings, err := train([]analysis.Values{column, y}, keep, ml.DecisionTreeClassifier{LabelCol: "y", AllowMissing: true})
		if err != nil || !strings.Contains(strings.Join(warnings, "\n"), `no value in any row, the first of them "port"`) {
			t.Errorf("%q, %v", warnings, err)
		}
	}

	// What is no feature has to have a value.
	all := ml.GBTClassifier{LabelCol: "y", WeightCol: "w", ValidationIndicatorCol: "v", AllowMissing: true}
	for name, rows := range map[string][]analysis.Values{
		`label "y" is null in row 1`:                {values, y.Nulls(1), w, v},
		`label "y" is NaN in row 1`:                 {values, analysis.Float64s("y", 0, nan, 0, 1), w, v},
		`weight "w" is null in row 3`:               {values, y, w.Nulls(3), v},
		`weight "w" is NaN in row 0`:                {values, y, analysis.Float64s("w", nan, 1, 1, 1), v},
		`validation indicator "v" is null in row 2`: {values, y, w, v.Nulls(2)},
	} {
		_, err := train(rows, keep, all)
		wantError(t, err, name, "AllowMissing is for features only", "drop such rows, or fill them")
	}
	for name, rows := range map[string][]analysis.Values{
		`label "y" is 2 in row 1; it must be 0 or 1`:                       {values, analysis.Int64s("y", 0, 2, 0, 1), w, v},
		`weight "w" is -1 in row 0; it must be finite and at least 0`:      {values, y, analysis.Float64s("w", -1, 1, 1, 1), v},
		`weight "w" is +Inf in row 0; it must be finite and at least 0`:    {values, y, analysis.Float64s("w", inf, 1, 1, 1), v},
		`validation indicator "v" is 3 in row 2; it must be true or false`: {values, y, w, analysis.Int64s("v", 0, 1, 3, 0)},
	} {
		_, err := train(rows, keep, all)
		wantError(t, err, name)
		if strings.Contains(err.Error(), "AllowMissing") {
			t.Errorf("%v", err)
		}
	}
}
