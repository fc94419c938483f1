package notebook

import (
	"fmt"
	"strings"

	"github.com/stophacking/kelpie/analysis/visible"
)

const (
	diffContext = 2    // unchanged lines around a change
	maxDiffArea = 4e6  // lines times lines compared in full
	maxDiffText = 4000 // bytes of a diff that are printed
)

// edit is one line of a diff: kept (' '), removed ('-') or added ('+').
type edit struct {
	mark byte
	line string
}

// unifiedDiff returns the lines that differ in unified form, before as -, after
// as +, cut where it gets long. The texts are compared by their longest common
// subsequence, O(n·m) in lines; where that is too much all lines between the
// common start and end count as changed.
func unifiedDiff(before, after string) string {
	edits := diffLines(strings.Split(strings.TrimSuffix(before, "\n"), "\n"), strings.Split(strings.TrimSuffix(after, "\n"), "\n"))
	var b strings.Builder
	b.WriteString("--- committed\n+++ executed\n")
	oldLine, newLine := 1, 1
	shownUntil := 0 // index behind the last edit written
	for i, e := range edits {
		if e.mark != ' ' {
			start := max(shownUntil, i-diffContext)
			if start > shownUntil || shownUntil == 0 {
				// Between here and i all lines are kept, so both counts step alike.
				fmt.Fprintf(&b, "@@ -%d +%d @@\n", oldLine-(i-start), newLine-(i-start))
			}
			end := i + 1
			for end < len(edits) && end <= i+diffContext && edits[end].mark == ' ' {
				end++
			}
			for _, shown := range edits[start:end] {
				fmt.Fprintf(&b, "%c%s\n", shown.mark, visibleLine(shown.line))
			}
			shownUntil = end
		}
		if e.mark != '+' {
			oldLine++
		}
		if e.mark != '-' {
			newLine++
		}
	}
	if text := b.String(); len(text) > maxDiffText {
		return strings.ToValidUTF8(text[:maxDiffText], "") + fmt.Sprintf("\n... [%d more bytes]\n", len(text)-maxDiffText)
	}
	return b.String()
}

// visibleLine is a line of an output as a terminal may show it: nothing in it is
// unseen, nor are blanks at its end, which may be all that differs.
func visibleLine(line string) string {
	text := strings.TrimRight(line, " ")
	return visible.Lines(text) + strings.Repeat(string(visible.Blank), len(line)-len(text))
}

func diffLines(before, after []string) []edit {
	var edits, tail []edit
	for len(before) > 0 && len(after) > 0 && before[0] == after[0] {
		edits = append(edits, edit{' ', before[0]})
		before, after = before[1:], after[1:]
	}
	for len(before) > 0 && len(after) > 0 && before[len(before)-1] == after[len(after)-1] {
		tail = append(tail, edit{' ', before[len(before)-1]})
		before, after = before[:len(before)-1], after[:len(after)-1]
	}
	edits = append(edits, diffMiddle(before, after)...)
	for i := len(tail) - 1; i >= 0; i-- {
		edits = append(edits, tail[i])
	}
	return edits
}

func diffMiddle(before, after []string) []edit {
	var edits []edit
	i, j := 0, 0
	if float64(len(before))*float64(len(after)) <= maxDiffArea {
		// common[i][j] is the longest common subsequence of before[i:] and after[j:].
		common := make([][]int32, len(before)+1)
		for i := range common {
			common[i] = make([]int32, len(after)+1)
		}
		for i := len(before) - 1; i >= 0; i-- {
			for j := len(after) - 1; j >= 0; j-- {
				if before[i] == after[j] {
					common[i][j] = common[i+1][j+1] + 1
				} else {
					common[i][j] = max(common[i+1][j], common[i][j+1])
				}
			}
		}
		for i < len(before) && j < len(after) {
			switch {
			case before[i] == after[j]:
				edits = append(edits, edit{' ', before[i]})
				i++
				j++
			case common[i+1][j] >= common[i][j+1]:
				edits = append(edits, edit{'-', before[i]})
				i++
			default:
				edits = append(edits, edit{'+', after[j]})
				j++
			}
		}
	}
	for ; i < len(before); i++ {
		edits = append(edits, edit{'-', before[i]})
	}
	for ; j < len(after); j++ {
		edits = append(edits, edit{'+', after[j]})
	}
	return edits
}
