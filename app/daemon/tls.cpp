#include "app/daemon/tls.h"

#include <iostream>

#include "app/daemon/commands.h"
#include "base/file.h"

namespace jangbu::app {
namespace {

constexpr std::size_t pem_bytes_max = 64 << 10;

Result<crypto::TlsIdentity> read_identity(const std::filesystem::path& file) {
    const Result<Bytes> pem = base::read_file(file, pem_bytes_max);
    if (!pem && pem.error().code == ErrorCode::not_found)
        return fail(ErrorCode::not_found,
                    "there is no TLS key " + file.string() + "; make one with: jangbud tls init");
    if (!pem) return std::unexpected(pem.error());
    using std::filesystem::perms;
    std::error_code error;
    const perms mode = std::filesystem::status(file, error).permissions();
    if (error || (mode & (perms::group_all | perms::others_all)) != perms::none)
        return fail(ErrorCode::not_allowed, "the TLS key " + file.string() +
                                                " is open to others on this machine: chmod 600 it");
    Result<crypto::TlsIdentity> identity = crypto::TlsIdentity::read(as_text(*pem));
    if (!identity)
        return fail(identity.error().code, "TLS key " + file.string() + ": " +
                                               identity.error().detail +
                                               "; `jangbud tls init --again` replaces it");
    return identity;
}

// Any address is written as HOST: by which name others reach this machine, only its operator knows.
std::string url_of(const node::Config& config, const std::string& pin) {
    std::string host = config.listen_address;
    if (host == "0.0.0.0" || host == "::")
        host = "HOST";
    else if (host.find(':') != std::string::npos)
        host = "[" + host + "]";
    return "https://" + host + ":" + std::to_string(config.listen_port) + "#" + pin;
}

Status show_identity(const node::Config& config) {
    const crypto::TlsIdentity identity = TRY(read_identity(config.tls_file));
    std::cout << "pin " << identity.pin << "\nurl " << url_of(config, identity.pin) << "\n";
    if (!config.tls)
        std::cout << "TLS is off: set tls = true under [http] in "
                  << (config.home / "config.toml").string() << "\n";
    return {};
}

Status make_identity(const node::Config& config, bool again) {
    const crypto::TlsIdentity identity = TRY(crypto::TlsIdentity::make());
    const Status written = base::write_file_atomically(
        config.tls_file, as_bytes(identity.pem), base::FileMode::owner_only,
        again ? base::IfExists::replace : base::IfExists::refuse);
    if (!written && written.error().code == ErrorCode::already_exists)
        return fail(ErrorCode::already_exists,
                    config.tls_file.string() +
                        " is there: `jangbud tls show` prints its pin. --again replaces it, and "
                        "every member must then be given the new URL");
    if (!written) return written;
    std::cout << "TLS key " << config.tls_file.string() << "\n";
    return show_identity(config);
}

}  // namespace

Result<std::optional<crypto::TlsIdentity>> tls_identity(const node::Config& config) {
    if (!config.tls) return std::nullopt;
    return TRY(read_identity(config.tls_file));
}

int tls_init(const node::Config& config, bool again) {
    const Status status = make_identity(config, again);
    return status ? 0 : report(status.error());
}

int tls_show(const node::Config& config) {
    const Status status = show_identity(config);
    return status ? 0 : report(status.error());
}

}  // namespace jangbu::app
