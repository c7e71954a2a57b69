#pragma once

#include "api/shape.hpp"

#include <string>
#include <vector>

namespace hourkey::api {

struct verification_step {
    std::string id;
    std::string state;
    std::string cause;
    std::string fix;

    static constexpr about is{"VerificationStep", sender::server, "One thing that a verification looked at."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

struct verification {
    std::string state;
    std::vector<verification_step> steps;

    static constexpr about is{"Verification", sender::server, "What the calls to AWS proved of a connection."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

}  // namespace hourkey::api
