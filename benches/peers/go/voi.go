package main

import (
	"github.com/oasisprotocol/curve25519-voi/primitives/ed25519"
)

// curve25519-voi under ZIP-215. Its batch multiplies every key, also one that comes twice.
var zip215 = &ed25519.Options{Verify: ed25519.VerifyOptionsZIP_215}

func expand(claims []claim) []*ed25519.ExpandedPublicKey {
	keys := make([]*ed25519.ExpandedPublicKey, len(claims))
	seen := map[string]*ed25519.ExpandedPublicKey{}
	for i, c := range claims {
		if seen[string(c.key)] == nil {
			key, err := ed25519.NewExpandedPublicKey(c.key)
			if err != nil {
				return nil
			}
			seen[string(c.key)] = key
		}
		keys[i] = seen[string(c.key)]
	}
	return keys
}

func prepareBatchExpanded(all []claim) method {
	keys := expand(all)
	verifier := ed25519.NewBatchVerifierWithCapacity(len(all))
	return func(claims []claim, from, count int) bool {
		verifier.Reset()
		for i := from; i < from+count; i++ {
			c := claims[i]
			verifier.AddExpandedWithOptions(keys[i], c.message, c.signature, zip215)
		}
		return verifier.VerifyBatchOnly(nil)
	}
}

func prepareBatch(all []claim) method {
	verifier := ed25519.NewBatchVerifierWithCapacity(len(all))
	return func(claims []claim, from, count int) bool {
		verifier.Reset()
		if count >= keysNotExpandedFrom {
			verifier.ForceNoPublicKeyExpansion()
		}
		for _, c := range claims[from : from+count] {
			verifier.AddWithOptions(c.key, c.message, c.signature, zip215)
		}
		return verifier.VerifyBatchOnly(nil)
	}
}

// Beyond this size the library's own batch does not use the expanded form: making it would be in vain.
const keysNotExpandedFrom = 94

func prepareSingleExpanded(all []claim) method {
	keys := expand(all)
	return func(claims []claim, from, count int) bool {
		for i := from; i < from+count; i++ {
			if !ed25519.VerifyExpandedWithOptions(keys[i], claims[i].message, claims[i].signature, zip215) {
				return false
			}
		}
		return true
	}
}

func prepareSingle([]claim) method {
	return func(claims []claim, from, count int) bool {
		for _, c := range claims[from : from+count] {
			if !ed25519.VerifyWithOptions(c.key, c.message, c.signature, zip215) {
				return false
			}
		}
		return true
	}
}
