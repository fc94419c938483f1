package eval

import (
	"fmt"
	"slices"
	"strings"

	"github.com/stophacking/kelpie/analysis/internal/grid"
	"github.com/stophacking/kelpie/analysis/internal/ranking"
	"github.com/stophacking/kelpie/analysis/number"
	"github.com/stophacking/kelpie/analysis/visible"
)

// A Group is what a model does with the rows of one group, such as a kind of attack.
// Counts are of rows; rates lie in [0, 1], are weighted where the sample is, and are
// NaN, shown as a dash, where the group has no row of the class.
type Group struct {
	Name           string // "" is the group of nulls and of empty texts
	N, Positives   int
	Found          int     // positive rows above the threshold
	Recall         float64 // of the positive rows, those found
	Lower, Upper   float64 // Recall's 95 % interval by Wilson, as if rows were independent and not weighted
	FalseAlarms    int     // negative rows above the threshold
	FalseAlarmRate float64 // of the negative rows, those above the threshold
	MeanScore      float64
}

// Groups is what [Sample.ByGroup] finds, to show as a table.
type Groups struct {
	Groups    []Group // by name, in the order of the alphabet
	Rule      string
	Threshold float64
	Warnings  []Warning

	title string
}

// ByGroup says for each group how many of its positive rows are found, and what share
// of its negative rows raises an alarm, at the threshold that the rule chooses on all
// rows. It fails with [ErrNoGroups] if the sample keeps no groups, and as
// [Sample.Operating] does. O(n).
func (s *Sample) ByGroup(rule Rule) (Groups, error) {
	if err := s.check(); err != nil {
		return Groups{}, err
	}
	if s.groups == nil {
		return Groups{}, fmt.Errorf("eval: %w", ErrNoGroups)
	}
	if err := rule.check(s); err != nil {
		return Groups{}, err
	}
	threshold, undefined := rule.choose(s.whole)
	out := Groups{Rule: rule.name, Threshold: threshold, title: "By group, " + s.title()}
	if undefined != "" {
		return out, fmt.Errorf("eval: %s: %w: %s", rule.name, ErrOneClass, undefined)
	}
	type weights struct{ found, positives, alarms, negatives, scores float64 }
	unit := ranking.Unit(s.whole.positives + s.whole.negatives)
	groups, sums := make([]Group, len(s.names)), make([]weights, len(s.names))
	for i, code := range s.groups {
		g, sum, w := &groups[code], &sums[code], s.weight(i)
		above := s.scores[i] > threshold
		g.N++
		sum.scores += w * unit * s.scores[i]
		if s.labels[i] == 1 {
			g.Positives++
			sum.positives += w
			if above {
				g.Found++
				sum.found += w
			}
			continue
		}
		sum.negatives += w
		if above {
			g.FalseAlarms++
			sum.alarms += w
		}
	}
	noRecall, noRate := 0, 0
	for code := range groups {
		g, sum := &groups[code], sums[code]
		g.Name = s.names[code]
		g.Recall, g.FalseAlarmRate = sum.found/sum.positives, sum.alarms/sum.negatives
		g.Lower, g.Upper = number.Wilson(ratio(g.Found, g.Positives), float64(g.Positives))
		g.MeanScore = sum.scores / ((sum.positives + sum.negatives) * unit)
		if g.Positives == 0 {
			noRecall++
		}
		if g.Positives == g.N {
			noRate++
		}
		if 0 < g.Positives && g.Positives < minPositives {
			out.Warnings = append(out.Warnings, Warning{FewPositives, fmt.Sprintf("few positive rows in %s: %s", groupName(g.Name), number.Count(g.Positives))})
		}
	}
	out.Groups = groups
	slices.SortFunc(out.Groups, func(a, b Group) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(out.Warnings, func(a, b Warning) int { return strings.Compare(a.Text, b.Text) })
	out.Warnings = slices.Concat(out.Warnings, without(OneClass, noRecall, len(groups), "groups", "hold no positive row", "recall"),
		without(OneClass, noRate, len(groups), "groups", "hold no negative row", "false alarm rate"), s.notes)
	return out, nil
}

func groupName(name string) string {
	if name == "" {
		return "(null or empty)"
	}
	return visible.Text(name)
}

// HTML returns a table of one row a group.
func (g Groups) HTML() (string, error) { return g.grid().HTML(), nil }

// Markdown returns a table of one row a group.
func (g Groups) Markdown() (string, error) { return g.grid().Markdown(), nil }

// String returns the groups as lines of text.
func (g Groups) String() string { return g.grid().String() }

func (g Groups) grid() grid.Grid {
	var rows [][]string
	for _, of := range g.Groups {
		rows = append(rows, []string{
			groupName(of.Name), number.Count(of.N), number.Count(of.Positives), number.Count(of.Found), rate(of.Recall), ends(of.Lower, of.Upper),
			number.Count(of.FalseAlarms), rate(of.FalseAlarmRate), rate(of.MeanScore),
		})
	}
	var notes []string
	for _, w := range g.Warnings {
		notes = append(notes, w.Text)
	}
	return gridOf(fmt.Sprintf("%s; %s, threshold %s", g.title, g.Rule, short(g.Threshold)),
		[]string{"group", "n", "positives", "found", "recall", "95 % interval", "false alarms", "false alarm rate", "mean score"}, rows, notes)
}
