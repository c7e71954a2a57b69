#pragma once

#include "api/page.hpp"
#include "core/failure.hpp"
#include "core/task.hpp"

#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace hourkey::client {

/// All pages of a list, one after the other: `while (p.has_more()) { co_await p.next() ... }`.
template <class Page>
class pages {
public:
    using fetch = std::function<task<result<Page>>(api::page_request which)>;
    explicit pages(fetch one, std::optional<std::int64_t> limit = {}) : fetch_(std::move(one)) { which_.limit = limit; }

    [[nodiscard]] bool has_more() const noexcept { return has_more_; }
    /// After a failure the same page may be asked for again.
    [[nodiscard]] task<result<Page>> next() {
        HK_CO_TRY(auto got, co_await fetch_(which_));
        has_more_ = got.cursor.has_value();
        if (has_more_) which_.cursor = got.cursor;
        co_return got;
    }

private:
    fetch fetch_;
    api::page_request which_;
    bool has_more_ = true;
};

}  // namespace hourkey::client
