#include "base/assert.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>

namespace {

// What a child process says on stderr while it fails an assertion, and the signal that ends it.
struct Death {
    std::string text;
    int signal = 0;
};

Death death_of(bool condition) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        std::signal(SIGABRT, SIG_DFL);
        dup2(ends[1], STDERR_FILENO);
        JANGBU_ASSERT(condition);
        _exit(0);
    }
    close(ends[1]);
    Death death;
    char buffer[512];
    for (ssize_t got; (got = read(ends[0], buffer, sizeof buffer)) > 0;)
        death.text.append(buffer, static_cast<std::size_t>(got));
    close(ends[0]);
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    if (WIFSIGNALED(status)) death.signal = WTERMSIG(status);
    return death;
}

}  // namespace

TEST_CASE("assert: a broken invariant prints its expression and place and aborts") {
    const Death death = death_of(false);
    CHECK(death.signal == SIGABRT);
    CHECK(death.text.find("condition") != std::string::npos);
    CHECK(death.text.find("assert_test.cpp:") != std::string::npos);
}

TEST_CASE("assert: a kept invariant says nothing") {
    const Death life = death_of(true);
    CHECK(life.signal == 0);
    CHECK(life.text.empty());
}
