package notebook

import (
	"fmt"
	"slices"
	"strings"
)

// Rule names, one a kind of finding.
const (
	RuleError    = "error"    // an error output
	RuleShell    = "shell"    // a shell line (!): its failure goes unnoticed
	RuleMagic    = "magic"    // a magic (%) outside the allow list, or a second %% in a cell
	RuleParse    = "parse"    // declarations that are not Go
	RuleBlank    = "blank"    // var _ = ...: each run of the cell adds a copy to all later cells
	RuleTuple    = "tuple"    // var a, b = ...: redefining one name loses the other
	RuleMust     = "must"     // a top-level variable's initialiser calls Must: it fails all later cells
	RuleCount    = "count"    // execution counts are not 1, 2, ..., n
	RuleStep     = "step"     // a required step number is in no heading
	RuleWords    = "words"    // more words than the cell's metadata kelpie.words allows
	RuleAnswer   = "answer"   // the first cell does not answer a question, or by what no cell prints
	RuleCaption  = "caption"  // a table without a caption, or with that of another
	RuleAlt      = "alt"      // a figure without alt text
	RuleScript   = "script"   // an output that relies on a script
	RuleStderr   = "stderr"   // text on standard error
	RulePrivate  = "private"  // a path, user or host name of this machine in an output
	RuleDuration = "duration" // a duration or rate in an output not marked volatile
	RuleSize     = "size"     // the notebook is too large
	RuleText     = "text"     // an output's text differs from the committed one
	RuleFigure   = "figure"   // a figure differs from the committed one beyond the tolerance
)

// DefaultMaxBytes is the size limit where Rules has none: larger notebooks are
// slow to open, and code hosts stop showing them.
const DefaultMaxBytes = 1 << 20

// Rules parametrises Check. The zero value applies all rules that need nothing
// more.
type Rules struct {
	Steps    []string // step numbers such as "1.2.1" that headings must carry
	Answers  []string // questions that the first cell answers, each number a link to where it is printed
	Captions bool     // each table has a caption of its own
	Private  []string // what outputs must not hold: see PrivateStrings
	MaxBytes int      // size limit of the encoded notebook; 0 is DefaultMaxBytes
	Magics   []string // allowed magics; nil is %% and %noautoget
}

// Finding is one breach of a rule.
type Finding struct {
	Cell    int    // the cell's place in the notebook, from 1; 0 is the notebook as a whole
	Rule    string // one of the Rule constants
	Message string // one line
	Source  string // the cell's source
	Detail  string // the error's text or a unified diff, "" where there is none
}

// String returns the finding for people: the message, then source and detail,
// indented.
func (f Finding) String() string {
	var b strings.Builder
	place := "notebook"
	if f.Cell > 0 {
		place = fmt.Sprintf("cell %d", f.Cell)
	}
	fmt.Fprintf(&b, "%s: %s: %s", place, f.Rule, f.Message)
	for _, part := range []struct{ title, text string }{{"source", f.Source}, {"detail", f.Detail}} {
		if part.text == "" {
			continue
		}
		fmt.Fprintf(&b, "\n  %s:", part.title)
		for _, line := range strings.Split(strings.TrimSuffix(part.text, "\n"), "\n") {
			b.WriteString("\n    " + line)
		}
	}
	return b.String()
}

// Check applies the rules to an executed notebook and, unless committed is nil,
// compares its outputs with the committed ones. Findings come in the order of the
// cells, those on the whole notebook first; neither notebook is changed.
func Check(executed, committed *Notebook, rules Rules) []Finding {
	if rules.MaxBytes == 0 {
		rules.MaxBytes = DefaultMaxBytes
	}
	if rules.Magics == nil {
		rules.Magics = []string{"%%", "%noautoget"}
	}
	c := &checker{notebook: executed}
	c.size(rules.MaxBytes)
	c.steps(rules.Steps)
	c.words()
	c.answers(rules.Answers)
	if rules.Captions {
		c.captions()
	}
	c.counts()
	private := newPrivateMatcher(rules.Private)
	for i, cell := range executed.Cells {
		if cell.Type != "code" {
			continue
		}
		c.source(i, rules.Magics)
		for _, output := range coalesced(cell.Outputs) {
			c.output(i, output, private)
		}
	}
	if committed != nil {
		c.compare(committed)
	}
	slices.SortStableFunc(c.findings, func(a, b Finding) int { return a.Cell - b.Cell })
	return c.findings
}

// checker collects findings on one notebook.
type checker struct {
	notebook *Notebook
	findings []Finding
}

// add notes a finding on the cell of that index, or on the whole for -1.
func (c *checker) add(cell int, rule, detail, format string, args ...any) {
	f := Finding{Cell: cell + 1, Rule: rule, Message: fmt.Sprintf(format, args...), Detail: detail}
	if cell >= 0 && cell < len(c.notebook.Cells) {
		f.Source = c.notebook.Cells[cell].Source
	}
	c.findings = append(c.findings, f)
}

func (c *checker) size(limit int) {
	text, err := c.notebook.Encode()
	if err != nil {
		c.add(-1, RuleSize, "", "cannot be written: %v", err)
	} else if len(text) > limit {
		c.add(-1, RuleSize, "", "%d bytes, the limit is %d", len(text), limit)
	}
}

// counts holds the cells to having been executed once each, from top to bottom.
// Cells without code are not executed.
func (c *checker) counts() {
	want := 0
	for i, cell := range c.notebook.Cells {
		if cell.Type != "code" || strings.TrimSpace(cell.Source) == "" {
			continue
		}
		want++
		if cell.ExecutionCount != want {
			c.add(i, RuleCount, "", "execution count is %d, want %d: run all cells from a fresh kernel", cell.ExecutionCount, want)
			return // what follows is off by the same amount
		}
	}
}
