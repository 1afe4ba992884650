package sshd

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"slices"

	"golang.org/x/crypto/ssh"
)

// signatures are the algorithms of public keys that are taken, in the order in
// which OpenSSH 9.2 lists them. The weak ones bring keys of old clients, which
// are caught; who is let in by key is the gate's affair.
var signatures = []string{
	ssh.KeyAlgoED25519, ssh.KeyAlgoSKED25519,
	ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521, ssh.KeyAlgoSKECDSA256,
	"ssh-dss", ssh.KeyAlgoRSA, ssh.KeyAlgoRSASHA256, ssh.KeyAlgoRSASHA512,
}

// hostKey is a host key under one signature algorithm. The library offers the
// algorithms of an RSA key in an order of its own; a key that seems to have the
// algorithm as its type is offered where it stands.
type hostKey struct {
	ssh.AlgorithmSigner
	algorithm string
}

// offered is the public half of a hostKey.
type offered struct {
	ssh.PublicKey
	algorithm string
}

func (o offered) Type() string { return o.algorithm }

func (k hostKey) PublicKey() ssh.PublicKey {
	return offered{k.AlgorithmSigner.PublicKey(), k.algorithm}
}

func (k hostKey) Sign(rand io.Reader, data []byte) (*ssh.Signature, error) {
	return k.AlgorithmSigner.SignWithAlgorithm(rand, data, k.algorithm)
}

// signer hides SignWithAlgorithm, so that the library does not look further
// than the type.
type signer struct{ ssh.Signer }

// hostKeys gives keys that are offered as exactly these algorithms, in order,
// and the keys themselves, once each.
func hostKeys(keys []ssh.Signer, algorithms []string) (list []ssh.Signer, own []ssh.AlgorithmSigner, err error) {
	for _, a := range algorithms {
		format := a
		if a == ssh.KeyAlgoRSASHA256 || a == ssh.KeyAlgoRSASHA512 {
			format = ssh.KeyAlgoRSA
		}
		found := false
		for _, k := range keys {
			as, ok := k.(ssh.AlgorithmSigner)
			if found = ok && k.PublicKey().Type() == format; found {
				list = append(list, signer{hostKey{as, a}})
				if !slices.ContainsFunc(own, func(o ssh.AlgorithmSigner) bool { return o.PublicKey().Type() == format }) {
					own = append(own, as)
				}
				break
			}
		}
		if !found {
			return nil, nil, fmt.Errorf("no host key for %s", a)
		}
	}
	return list, own, nil
}

// sign signs for a host key of the server with which a client wants to know a
// session; nil where it is none.
func (s *server) sign(key, session []byte) []byte {
	for _, k := range s.own {
		if !bytes.Equal(k.PublicKey().Marshal(), key) {
			continue
		}
		text := appendString(nil, []byte("hostkeys-prove-00@openssh.com"))
		text = appendString(appendString(text, session), key)
		algorithm := k.PublicKey().Type()
		if algorithm == ssh.KeyAlgoRSA {
			algorithm = ssh.KeyAlgoRSASHA512
		}
		sig, err := k.SignWithAlgorithm(rand.Reader, text, algorithm)
		if err != nil {
			return nil
		}
		return ssh.Marshal(sig)
	}
	return nil
}
