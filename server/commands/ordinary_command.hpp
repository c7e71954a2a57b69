#pragma once

#include "server/commands/interruption.hpp"
#include "server/commands/report.hpp"

#include <functional>
#include <utility>

namespace hourkey::server {

/// How a command runs that is not a server: a signal ends it at once, and what it returns is told.
template <class Work>
[[nodiscard]] std::function<int()> ordinary_command(Work work) {
    return [work = std::move(work)] {
        end_at_signals();
        return finish(work());
    };
}

}  // namespace hourkey::server
