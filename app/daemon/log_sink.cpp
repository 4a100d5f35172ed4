#include "app/daemon/log_sink.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace jangbu::app {
namespace {

spdlog::level::level_enum level_of(log::Level level) {
    switch (level) {
        case log::Level::debug:
            return spdlog::level::debug;
        case log::Level::info:
            return spdlog::level::info;
        case log::Level::warn:
            return spdlog::level::warn;
        case log::Level::error:
            return spdlog::level::err;
    }
    return spdlog::level::err;
}

}  // namespace

void install_log_sink(log::Level least) {
    const auto logger = std::make_shared<spdlog::logger>(
        "jangbu", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    logger->set_pattern("%v");  // the line is a whole JSON object already
    logger->set_level(level_of(least));
    logger->flush_on(spdlog::level::info);
    spdlog::set_default_logger(logger);
    log::set_level(least);
    log::set_sink([](log::Level level, std::string_view line) {
        spdlog::default_logger_raw()->log(level_of(level),
                                          spdlog::string_view_t(line.data(), line.size()));
    });
}

}  // namespace jangbu::app
