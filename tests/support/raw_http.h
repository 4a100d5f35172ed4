// A TCP client that sends exact bytes and reads until the server closes or a time is over: for what
// no HTTP library sends.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "base/integers.h"

namespace jangbu::test {

class RawConnection {
public:
    explicit RawConnection(u16 port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connected_ =
            ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    }
    ~RawConnection() { ::close(socket_); }
    RawConnection(const RawConnection&) = delete;
    RawConnection& operator=(const RawConnection&) = delete;

    bool connected() const { return connected_; }
    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    // What comes until the end of the stream; closed() tells whether there was one within the time.
    std::string read_to_end(int timeout_ms = 5'000) {
        return read_until([](const std::string&) { return false; }, timeout_ms);
    }
    // One answer with a Content-Length or without a body, the connection stays open.
    std::string read_answer(int timeout_ms = 5'000) {
        return read_until(
            [](const std::string& out) {
                const std::size_t head = out.find("\r\n\r\n");
                if (head == std::string::npos) return false;
                const std::size_t at = out.find("Content-Length: ");
                const std::size_t body =
                    at == std::string::npos || at > head ? 0 : std::stoul(out.substr(at + 16));
                return out.size() >= head + 4 + body;
            },
            timeout_ms);
    }
    // What comes until `enough` says so of all that came in this call, or the stream ends.
    std::string read_until(const std::function<bool(const std::string&)>& enough,
                           int timeout_ms = 20'000) {
        std::string out;
        const auto deadline =
            std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
        while (!enough(out)) {
            const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
                deadline - std::chrono::steady_clock::now());
            pollfd ready{socket_, POLLIN, 0};
            if (left.count() <= 0 || ::poll(&ready, 1, static_cast<int>(left.count())) <= 0)
                return out;
            char piece[65536];
            const ssize_t count = ::recv(socket_, piece, sizeof piece, 0);
            if (count <= 0) {
                closed_ = true;
                return out;
            }
            out.append(piece, static_cast<std::size_t>(count));
        }
        return out;
    }
    bool closed() const { return closed_; }
    void finish_sending() { ::shutdown(socket_, SHUT_WR); }

private:
    template <class Done>
    std::string read_until(Done done, int timeout_ms) {
        std::string out;
        const auto deadline =
            std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
        while (!done(out)) {
            const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
                deadline - std::chrono::steady_clock::now());
            pollfd ready{socket_, POLLIN, 0};
            if (left.count() <= 0 || ::poll(&ready, 1, static_cast<int>(left.count())) <= 0) break;
            char piece[65536];
            const ssize_t count = ::recv(socket_, piece, sizeof piece, 0);
            if (count <= 0) {
                closed_ = true;
                break;
            }
            out.append(piece, static_cast<std::size_t>(count));
        }
        return out;
    }

    int socket_;
    bool connected_ = false;
    bool closed_ = false;
};

}  // namespace jangbu::test
