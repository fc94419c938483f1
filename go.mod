module github.com/stophacking/kelpie

go 1.26

require (
	codeberg.org/go-fonts/liberation v0.5.0
	github.com/apache/arrow/go/v15 v15.0.2
	github.com/dmitryikh/leaves v0.0.0-20230708180554-25d19a787328
	github.com/google/flatbuffers v23.5.26+incompatible
	github.com/janpfeifer/gonb v0.11.4
	github.com/klauspost/compress v1.16.7
	golang.org/x/image v0.30.0
	golang.org/x/mod v0.27.0
	golang.org/x/sys v0.35.0
	gonum.org/v1/plot v0.17.0
)

require (
	codeberg.org/go-latex/latex v0.2.0 // indirect
	git.sr.ht/~sbinet/gg v0.7.0 // indirect
	github.com/goccy/go-json v0.10.2 // indirect
	github.com/golang/freetype v0.0.0-20170609003504-e2365dfdc4a0 // indirect
	github.com/google/go-cmp v0.7.0 // indirect
	github.com/klauspost/cpuid/v2 v2.2.5 // indirect
	github.com/pierrec/lz4/v4 v4.1.18 // indirect
	github.com/zeebo/xxh3 v1.0.2 // indirect
	golang.org/x/exp v0.0.0-20250106191152-7588d65b2ba8 // indirect
	golang.org/x/sync v0.16.0 // indirect
	golang.org/x/text v0.28.0 // indirect
	golang.org/x/tools v0.36.0 // indirect
	golang.org/x/xerrors v0.0.0-20220907171357-04be3eba64a2 // indirect
)
