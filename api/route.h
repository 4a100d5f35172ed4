// Route: one row of the table of docs/api.md. Seen by service.cpp and routes.cpp only.
#pragma once

#include "api/service.h"

namespace jangbu::api {

struct Service::Route {
    std::string method;
    std::string path;  // "{}" matches one segment
    std::size_t body_bytes_max = 0;
    Endpoint endpoint = nullptr;                           // answers at once, or
    void (Service::*later)(Request, Responder) = nullptr;  // when it can
    std::vector<std::string> segments = {};
};

}  // namespace jangbu::api
