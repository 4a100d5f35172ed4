// Signal: raised from any thread, waited for by one session's coroutine, perhaps after the session
// is gone. Seen by the Asio files only.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <memory>
#include <mutex>

namespace jangbu::api {

class Signal : public std::enable_shared_from_this<Signal> {
public:
    void raise() {
        const std::lock_guard lock(mutex_);
        if (is_raised_) return;
        is_raised_ = true;
        if (timer_)
            boost::asio::post(timer_->get_executor(),
                              [self = shared_from_this()] { self->wake(); });
    }

    // True once it is raised, false when the time ran out; it may be waited for again.
    boost::asio::awaitable<bool> wait(boost::asio::any_io_executor executor, unsigned timeout_ms) {
        boost::asio::steady_timer timer(executor);
        timer.expires_after(std::chrono::milliseconds(timeout_ms));
        const Waiting waiting(*this, timer);
        if (!is_raised()) {
            boost::system::error_code ignored;
            co_await timer.async_wait(
                boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
        }
        co_return is_raised();
    }

private:
    // The timer lives as long as the session's coroutine, which the end of the server destroys.
    struct Waiting {
        Waiting(Signal& to, boost::asio::steady_timer& timer) : signal(to) {
            const std::lock_guard lock(signal.mutex_);
            signal.timer_ = &timer;
        }
        ~Waiting() {
            const std::lock_guard lock(signal.mutex_);
            signal.timer_ = nullptr;
        }
        Waiting(const Waiting&) = delete;
        Waiting& operator=(const Waiting&) = delete;
        Signal& signal;
    };

    void wake() {
        const std::lock_guard lock(mutex_);
        if (timer_) timer_->cancel();
    }
    bool is_raised() {
        const std::lock_guard lock(mutex_);
        return is_raised_;
    }

    std::mutex mutex_;  // guards both below
    bool is_raised_ = false;
    boost::asio::steady_timer* timer_ = nullptr;
};

}  // namespace jangbu::api
