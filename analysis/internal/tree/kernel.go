package tree

// The kernels add the word of each row to one sum a field. Codes stand row by
// row, stride bytes apart. Several fields a row keep the additions apart: a field
// whose rows nearly all have one code would wait for its own last addition.
// Padding has code 0 and sums that nobody reads.

func addFour(h *[4][narrowSize]uint64, codes []uint8, stride int, rows []uint32, words []uint64) {
	for _, r := range rows {
		c, v := (*[4]uint8)(codes[int(r)*stride:]), words[r]
		h[0][c[0]] += v
		h[1][c[1]] += v
		h[2][c[2]] += v
		h[3][c[3]] += v
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
