package notebook

import (
	"encoding/json"
	"regexp"
	"strings"
)

// duration matches a time span or a rate as programs print them: 12.3 s, 4ms,
// 1m3s, 2h5m, 80 MB/s, 1200 rows/s.
var duration = regexp.MustCompile(`(?:^|[^\w.])(` +
	`\d+(?:\.\d+)?[ \x{a0}\x{202f}]?(?:ns|µs|μs|us|ms|s|secs?|seconds?)` +
	`|(?:\d+h)?\d+m\d+(?:\.\d+)?s` +
	`|\d+h\d+m` +
	`|\d+(?:\.\d+)?[ \x{a0}\x{202f}]?(?:[kKMG]?i?B|rows)/s` +
	`)(?:$|\W)`)

// tag matches an HTML tag; script an HTML script element.
var (
	tag    = regexp.MustCompile(`<[^>]*>`)
	script = regexp.MustCompile(`(?i)<script\b`)
)

// output checks one output of a code cell. Of a failure it says only that: a stack
// trace holds paths anyway.
func (c *checker) output(cell int, o Output, private privateMatcher) {
	switch {
	case o.Type == "error":
		c.add(cell, RuleError, strings.Join(append([]string{o.ErrorName + ": " + o.ErrorValue}, o.Traceback...), "\n"),
			"the cell failed: %s", firstLine(o.ErrorValue))
		return
	case o.Type == "stream" && o.Name == "stderr":
		c.add(cell, RuleStderr, o.Text, "text on standard error")
		return
	}
	texts := o.texts()
	for _, key := range sortedKeys(o.Metadata) {
		texts = append(texts, string(o.Metadata[key]))
	}
	for _, text := range texts {
		if what, line := private.find(text); what != "" {
			c.add(cell, RulePrivate, line, "%s in an output", what)
			break
		}
	}
	if _, found := o.Data["application/javascript"]; found || script.MatchString(o.Content("text/html")) {
		c.add(cell, RuleScript, "", "the output relies on a script, which code hosts and exports leave out")
	}
	if _, found := o.Data["image/png"]; found && strings.TrimSpace(o.alt()) == "" {
		c.add(cell, RuleAlt, "", "a figure without alt text")
	}
	if o.IsVolatile() {
		return
	}
	for _, text := range o.texts() {
		// A table's cells are not one phrase.
		if found := duration.FindStringSubmatch(tag.ReplaceAllString(text, "\n")); found != nil {
			c.add(cell, RuleDuration, "", "duration %q in an output that is not marked volatile", found[1])
			break
		}
	}
}

// alt returns the alt text, from either place where tools look for it.
func (o Output) alt() string {
	var picture struct{ Alt string }
	if raw, found := o.Metadata["image/png"]; found {
		if err := json.Unmarshal(raw, &picture); err == nil && picture.Alt != "" {
			return picture.Alt
		}
	}
	var flat string
	if err := json.Unmarshal(o.Metadata["alt"], &flat); err != nil {
		return ""
	}
	return flat
}

// texts returns every text of the output that a reader may come to see.
func (o Output) texts() []string {
	texts := append([]string{o.Text, o.ErrorValue, o.alt()}, o.Traceback...)
	for _, mime := range sortedKeys(o.Data) {
		if strings.HasPrefix(mime, "image/") && mime != "image/svg+xml" {
			continue
		}
		text, err := readText(o.Data[mime])
		if err != nil {
			text = string(o.Data[mime])
		}
		texts = append(texts, text)
	}
	return texts
}
