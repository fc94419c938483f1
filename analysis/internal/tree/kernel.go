package tree

// addRows adds the word of each row to one sum a field, for that many fields.
// Codes stand row by row, stride bytes apart.
//
// Each width has a loop of its own, without a branch or a check inside: that is
// three times as fast as a loop over the fields. Several fields a row also keep
// the additions apart, as a field whose rows nearly all have one code would wait
// for its own last addition. An odd field more, or what pads a row, has sums that
// nobody reads.
func addRows(fields int, h [][narrowSize]uint64, codes []uint8, stride int, rows []uint32, words []uint64) {
	switch (fields + 1) / 2 {
	case 1, 2:
		addFour((*[4][narrowSize]uint64)(h), codes, stride, rows, words)
	case 3:
		addSix((*[6][narrowSize]uint64)(h), codes, stride, rows, words)
	case 4:
		addEight((*[8][narrowSize]uint64)(h), codes, stride, rows, words)
	case 5:
		addTen((*[10][narrowSize]uint64)(h), codes, stride, rows, words)
	case 6:
		addTwelve((*[12][narrowSize]uint64)(h), codes, stride, rows, words)
	case 7:
		addFourteen((*[14][narrowSize]uint64)(h), codes, stride, rows, words)
	default:
		addSixteen((*[16][narrowSize]uint64)(h), codes, stride, rows, words)
	}
}

func addFour(h *[4][narrowSize]uint64, codes []uint8, stride int, rows []uint32, words []uint64) {
	for _, r := range rows {
		c, v := (*[4]uint8)(codes[int(r)*stride:]), words[r]
		h[0][c[0]] += v
		h[1][c[1]] += v
		h[2][c[2]] += v
		h[3][c[3]] += v
	}
}

func addSix(h *[6][narrowSize]uint64, codes []uint8, stride int, rows []uint32, words []uint64) {
	for _, r := range rows {
		c, v := (*[6]uint8)(codes[int(r)*stride:]), words[r]
		h[0][c[0]] += v
		h[1][c[1]] += v
		h[2][c[2]] += v
		h[3][c[3]] += v
		h[4][c[4]] += v
		h[5][c[5]] += v
	}
}

func addEight(h *[8][narrowSize]uint64, codes []uint8, stride int, rows []uint32, words []uint64) {
	for _, r := range rows {
		c, v := (*[8]uint8)(codes[int(r)*stride:]), words[r]
		h[0][c[0]] += v
		h[1][c[1]] += v
		h[2][c[2]] += v
		h[3][c[3]] += v
		h[4][c[4]] += v
		h[5][c[5]] += v
		h[6][c[6]] += v
		h[7][c[7]] += v
	}
}

func addTen(h *[10][narrowSize]uint64, codes []uint8, stride int, rows []uint32, words []uint64) {
	for _, r := range rows {
		c, v := (*[10]uint8)(codes[int(r)*stride:]), words[r]
		h[0][c[0]] += v
		h[1][c[1]] += v
		h[2][c[2]] += v
		h[3][c[3]] += v
		h[4][c[4]] += v
		h[5][c[5]] += v
		h[6][c[6]] += v
		h[7][c[7]] += v
		h[8][c[8]] += v
		h[9][c[9]] += v
	}
}

func addTwelve(h *[12][narrowSize]uint64, codes []uint8, stride int, rows []uint32, words []uint64) {
	for _, r := range rows {
		c, v := (*[12]uint8)(codes[int(r)*stride:]), words[r]
		h[0][c[0]] += v
		h[1][c[1]] += v
		h[2][c[2]] += v
		h[3][c[3]] += v
		h[4][c[4]] += v
		h[5][c[5]] += v
		h[6][c[6]] += v
		h[7][c[7]] += v
		h[8][c[8]] += v
		h[9][c[9]] += v
		h[10][c[10]] += v
		h[11][c[11]] += v
	}
}

func addFourteen(h *[14][narrowSize]uint64, codes []uint8, stride int, rows []uint32, words []uint64) {
	for _, r := range rows {
		c, v := (*[14]uint8)(codes[int(r)*stride:]), words[r]
		h[0][c[0]] += v
		h[1][c[1]] += v
		h[2][c[2]] += v
		h[3][c[3]] += v
		h[4][c[4]] += v
		h[5][c[5]] += v
		h[6][c[6]] += v
		h[7][c[7]] += v
		h[8][c[8]] += v
		h[9][c[9]] += v
		h[10][c[10]] += v
		h[11][c[11]] += v
		h[12][c[12]] += v
		h[13][c[13]] += v
	}
}

func addSixteen(h *[16][narrowSize]uint64, codes []uint8, stride int, rows []uint32, words []uint64) {
	for _, r := range rows {
		c, v := (*[16]uint8)(codes[int(r)*stride:]), words[r]
		h[0][c[0]] += v
		h[1][c[1]] += v
		h[2][c[2]] += v
		h[3][c[3]] += v
		h[4][c[4]] += v
		h[5][c[5]] += v
		h[6][c[6]] += v
		h[7][c[7]] += v
		h[8][c[8]] += v
		h[9][c[9]] += v
		h[10][c[10]] += v
		h[11][c[11]] += v
		h[12][c[12]] += v
		h[13][c[13]] += v
		h[14][c[14]] += v
		h[15][c[15]] += v
	}
}
