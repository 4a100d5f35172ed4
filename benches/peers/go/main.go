// jangbu_peers FOLDER: curve25519-voi on the batch files of FOLDER, for scripts/bench.
//
// It says what it has, then works whenever it is its turn. The protocol stands in benches/verification/turns.h.
package main

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"runtime"
	"time"
)

// Verifies claims[from : from+count]; false if one of them is bad.
type method func(claims []claim, from, count int) bool

type offer struct {
	name         string
	keysPrepared bool // decoded and expanded before the clock runs
	isBatch      bool // otherwise one by one
	prepare      func(all []claim) method
}

var offers = []offer{
	{"voi-batch-expanded", true, true, prepareBatchExpanded},
	{"voi-batch", false, true, prepareBatch},
	{"voi-expanded", true, false, prepareSingleExpanded},
	{"voi", false, false, prepareSingle},
}

const (
	sampleMin    = 2 * time.Millisecond
	singlesACall = 16
	module       = "github.com/oasisprotocol/curve25519-voi" // as in go.mod
)

func die(format string, values ...any) {
	fmt.Fprintf(os.Stderr, "jangbu_peers: "+format+"\n", values...)
	os.Exit(1)
}

// Microseconds a signature: the fastest sample of those that fit into the time.
func turn(verify method, claims []claim, count int, length time.Duration) float64 {
	end := time.Now().Add(length)
	best := math.Inf(1)
	from := 0
	for math.IsInf(best, 1) || time.Now().Before(end) {
		start := time.Now()
		verified := 0
		for verified == 0 || time.Since(start) < sampleMin {
			if !verify(claims, from, count) {
				die("a good signature was refused")
			}
			verified += count
			from += count
			if from+count > len(claims) {
				from = 0
			}
		}
		best = math.Min(best, float64(time.Since(start).Nanoseconds())/1e3/float64(verified))
	}
	return best
}

// A method that finds nothing wrong with a changed message measures nothing.
func refusesAChangedMessage(o offer, claims []claim) bool {
	changed := append([]claim{}, claims[:8]...)
	changed[5].message = append([]byte{}, changed[5].message...)
	changed[5].message[0] ^= 1
	return !o.prepare(changed)(changed, 0, 8)
}

func prepared(o offer, claims []claim) method {
	if !refusesAChangedMessage(o, claims) {
		die("%s accepts a changed message", o.name)
	}
	return o.prepare(claims)
}

func offerNamed(name string) offer {
	for _, o := range offers {
		if o.name == name {
			return o
		}
	}
	die("no such method: %s", name)
	return offer{}
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: jangbu_peers FOLDER")
		os.Exit(2)
	}
	runtime.GOMAXPROCS(1) // one core, the collector's work included
	for _, o := range offers {
		fmt.Printf(`{"method":"%s","package":"%s","keys_prepared":%v,"is_batch":%v}`+"\n", o.name, module, o.keysPrepared, o.isBatch)
	}
	fmt.Println(`{"ready":true}`)

	workloads := map[string][]claim{}
	methods := map[string]method{}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		var name, workload string
		var batch, milliseconds int
		if _, err := fmt.Sscan(lines.Text(), &name, &workload, &batch, &milliseconds); err != nil {
			die("not a turn: %s", lines.Text())
		}
		o := offerNamed(name)
		if workloads[workload] == nil {
			claims, err := readBatchFile(os.Args[1] + "/" + workload + ".batch")
			if err != nil {
				die("%v", err)
			}
			workloads[workload] = claims
		}
		claims := workloads[workload]
		key := name + " " + workload
		if methods[key] == nil {
			methods[key] = prepared(o, claims)
		}
		count := batch
		if !o.isBatch && count > singlesACall {
			count = singlesACall
		}
		us := turn(methods[key], claims, count, time.Duration(milliseconds)*time.Millisecond)
		fmt.Printf(`{"us":%.4f}`+"\n", us)
	}
}
