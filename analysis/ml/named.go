package ml

import (
	"strings"

	"github.com/stophacking/kelpie/analysis/visible"
)

// Named gives the model a name, such as "boosted trees with ts", which the titles of
// its tables say, and returns it. Without one they say what the model is. The name is
// no part of the model: it is neither kept nor saved.
func (m *PipelineModel) Named(name string) *PipelineModel {
	m.name = name
	return m
}

// classifierNames are the names of classifiers for people.
var classifierNames = map[string]string{
	"DecisionTreeClassificationModel": "decision tree",
	"RandomForestClassificationModel": "random forest",
	"GBTClassificationModel":          "gradient-boosted trees",
}

// title is the title of a table about the model, which ends in its name, or in what it
// is: models of other rows, stages or features have other ones.
func (m *PipelineModel) title(what string) string {
	name := m.name
	if name == "" && m.value != nil {
		name = described(m.value.stages)
	}
	if name == "" {
		return what
	}
	return what + ": " + visible.Text(name)
}

// short is the model's name, or that of its last stage.
func (m *PipelineModel) short() string {
	switch {
	case m.name != "":
		return visible.Text(m.name)
	case len(m.pipeline) > 0:
		return nameOf(m.pipeline[len(m.pipeline)-1])
	}
	return "a model"
}

// described says what fitted stages are: their trees, or else the stages.
func described(stages []Transformer) string {
	if _, _, trees := scoring(stages); trees != nil {
		return orDefault(classifierNames[trees.Name], nameOf(*trees)) + ", " + finding(*trees)
	}
	names := make([]string, len(stages))
	for i, t := range stages {
		names[i] = nameOf(t)
	}
	return strings.Join(names, ", ")
}
