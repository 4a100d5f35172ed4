// The node's TLS key: made once into the home folder, shown as the URL that members are given.
#pragma once

#include <optional>

#include "crypto/tls_identity.h"
#include "node/config.h"

namespace jangbu::app {

// Nothing when http.tls is off. Errors: not_found and malformed say what to do; not_allowed: others
// on this machine can read the key.
Result<std::optional<crypto::TlsIdentity>> tls_identity(const node::Config& config);

// The commands, with their exit codes. `again` replaces a key that is there; its pin is then void.
int tls_init(const node::Config& config, bool again);
int tls_show(const node::Config& config);

}  // namespace jangbu::app
