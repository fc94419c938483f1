package analysis_test

var children = map[string]func() error{}
