#pragma once

#include "api/shape.hpp"

#include <optional>
#include <string>

namespace hourkey::api {

struct liveness {
    std::string status;

    static constexpr about is{"Liveness", sender::server, "That it lives."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

struct readiness_checks {
    bool store_writable = false;
    bool audit_writable = false;
    bool base_credentials_valid = false;

    static constexpr about is{"ReadinessChecks", sender::server, "What it takes to vend."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

struct store_soundness {
    std::string integrity;
    std::string unproven;

    static constexpr about is{"StoreSoundness", sender::server, "What the start has not proven of the store."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

struct readiness_request {
    std::optional<std::string> verbose;

    static constexpr about is{"ReadinessRequest", sender::client, "What is asked for beside the checks."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

struct readiness {
    std::string status;
    readiness_checks checks;
    std::optional<store_soundness> store;

    static constexpr about is{"Readiness", sender::server, "Whether it can vend."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

}  // namespace hourkey::api
