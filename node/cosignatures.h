// Cosignatures: what witnesses said of this ledger's headers, kept and given out with proofs.
//
// Taken only from live witness keys (purpose 6) that stand in the ledger, one for each organisation
// and header; a cosignature of another header than the one held here is refused loudly: that
// witness saw another ledger. Bounded: the newest `records_max` stay, in a file of as many slots
// that is written round and round; a record that the disk damaged is left out, since evidence that
// is lost can be asked for again but a false one would spoil a proof. Snapshots of recent heads are
// kept too, so that state can be proven at a head that witnesses already cosigned: the last
// `snapshots_max`, and the newest cosigned ones.
// Threads: any (a mutex inside). Errors of add: not_found (no such height yet), not_allowed (the
// key), conflict (another header), verification_failed (the signature), limit_exceeded, io.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>

#include "ledger/chain.h"
#include "ledger/jbproof.h"
#include "node/cosignature.h"
#include "node/positional_file.h"

namespace jangbu::node {

class Cosignatures {
public:
    struct Limits {
        std::size_t records_max = 131'072;
        std::size_t per_header_max = 32;
        std::size_t snapshots_max = 64;
    };
    static Result<std::unique_ptr<Cosignatures>> open(const std::filesystem::path& file,
                                                      Limits limits);

    Status add(const ledger::Chain& chain, const Cosignature& cosignature);
    std::vector<ledger::jbproof::Cosigned> of(u64 height) const;  // ascending by key
    // Of heads above a height: what a ledger that goes back must not carry into its proofs.
    std::vector<Cosignature> above(u64 height) const;
    Status forget_above(u64 height);  // durable when it returns
    // A new head: kept for proofs.
    void committed(const ledger::SnapshotPtr& head);
    // The newest snapshot kept that at least so many cosigned; null if there is none.
    ledger::SnapshotPtr cosigned(std::size_t count_min) const;
    u64 newest_height() const;  // that anybody cosigned, 0 = none

private:
    struct Kept {
        Cosignature cosignature;
        ledger::OrgId org;  // of the key
        template <class Codec, class Self>
        static void fields(Codec& c, Self& self) {
            c(self.cosignature);
            c(self.org);
        }
    };
    Cosignatures(PositionalFile file, Limits limits) : file_(std::move(file)), limits_(limits) {}
    void load();
    void insert(u64 sequence, const Kept& kept);
    std::size_t count_of(u64 height) const;

    PositionalFile file_;
    const Limits limits_;

    mutable std::mutex mutex_;                      // guards all below
    u64 sequence_ = 0;                              // of the next record
    std::map<u64, std::map<u64, Kept>> by_height_;  // then by sequence
    std::map<u64, u64> height_of_;                  // sequence -> height
    std::deque<ledger::SnapshotPtr> recent_;
    std::deque<ledger::SnapshotPtr> cosigned_;
};

}  // namespace jangbu::node
