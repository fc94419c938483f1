package plots

import "github.com/stophacking/kelpie/plots/internal/scene"

// pastPair keeps Scatter and Histogram in the colours with which the committed
// notebooks were drawn. Set it to false, or take it out with all of this file, when
// the notebooks are run anew.
const pastPair = true

// past gives the two classes the colours of before, while pastPair holds.
func past(look []scene.Role) []scene.Role {
	if !pastPair {
		return look
	}
	for i, r := range look {
		switch r {
		case scene.Normal:
			look[i] = scene.PastNormal
		case scene.Attack:
			look[i] = scene.PastAttack
		}
	}
	return look
}
