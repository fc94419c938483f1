package lightgbm

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// SafeNames returns the names in a form that every reader of a model file takes:
// without '=', white space, control characters and the characters of JSON, which
// all become '_', not empty, and no two alike (the later one gets _2, _3, ...).
// Index i of the result stands for index i of names. A name that is safe already
// keeps its form, also where another would become the same.
func SafeNames(names []string) []string {
	safe := make([]string, len(names))
	used := make(map[string]bool, len(names))
	for i, name := range names {
		if clean(name) == name && !used[name] {
			used[name] = true
			safe[i] = name
		}
	}
	next := map[string]int{} // the number to try first after a name
	for i, name := range names {
		if safe[i] != "" {
			continue
		}
		base := clean(name)
		form := base
		n := max(next[base], 2)
		for ; used[form]; n++ {
			form = base + "_" + strconv.Itoa(n)
		}
		next[base] = n
		used[form] = true
		safe[i] = form
	}
	return safe
}

func clean(name string) string {
	if name == "" {
		return "feature"
	}
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || strings.ContainsRune(`=",:[]{}\`, r) || unicode.IsSpace(r) || !unicode.IsPrint(r) {
			return '_'
		}
		return r
	}, name)
}
