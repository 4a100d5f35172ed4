package main

import (
	"encoding/binary"
	"fmt"
	"os"
)

type claim struct {
	key, signature, message []byte
}

// The file that verification_bench --write makes: count and message size (32-bit little-endian), then for each
// signature its key, the signature and the message.
func readBatchFile(path string) ([]claim, error) {
	bytes, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if len(bytes) < 8 {
		return nil, fmt.Errorf("%s: cut short", path)
	}
	count := int(binary.LittleEndian.Uint32(bytes))
	record := 96 + int(binary.LittleEndian.Uint32(bytes[4:]))
	bytes = bytes[8:]
	if count == 0 || len(bytes) != count*record {
		return nil, fmt.Errorf("%s: not a batch file", path)
	}
	claims := make([]claim, count)
	for i := range claims {
		r := bytes[i*record : (i+1)*record]
		claims[i] = claim{r[:32], r[32:96], r[96:]}
	}
	return claims, nil
}
