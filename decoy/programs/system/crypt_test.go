package system

import "testing"

func TestCrypted(t *testing.T) {
	t.Parallel()
	for _, c := range [][4]string{
		{"-1", "cd", "ab", "$1$ab$aHXBIHBBaJnA3bcewAfbB1"},
		{"-6", "cd", "ab", "$6$ab$ddhHC1/HkBnaB4hDWMT.uA7ZTFHSGnMB1ABigJfi0OMqSCj1XEFv1zN5zfjGY.9IU24/oSzO4XurxReiaZaQZ1"},
		{"-5", "password", "saltstring", "$5$saltstring$OH4IDuTlsuTYPdED1gsuiRMyTAwNlRWyA6Xr3I4/dQ5"},
		{"-apr1", "cd", "ab", "$apr1$ab$dFUk1JIpwdeGrEipdBN0I1"},
		{"-1", "", "ab", "$1$ab$rn6aQS/o7141mj179E/zA."},
		{"-6", "", "ab", "<NULL>"},
	} {
		if got := crypted(c[0], c[1], c[2]); got != c[3] {
			t.Errorf("%s %s %s: %s, not %s", c[0], c[1], c[2], got, c[3])
		}
	}
}
