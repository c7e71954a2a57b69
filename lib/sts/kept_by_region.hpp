#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace hourkey::sts {

/// A bounded number of things, one a region. When it is full, the one that was asked for longest ago goes, and only
/// that one; one that somebody still holds stays, and so does the home region's.
template <class Thing>
class kept_by_region {
public:
    kept_by_region(std::string home, std::size_t most) : home_(std::move(home)), most_(most) {}

    /// Null when there is none.
    [[nodiscard]] std::shared_ptr<Thing> find(std::string_view region) {
        const auto found = all_.find(region);
        if (found == all_.end()) return nullptr;
        found->second.asked_for = ++clock_;
        return found->second.thing;
    }

    void put(std::string region, std::shared_ptr<Thing> thing) {
        if (all_.size() >= most_) drop_one();
        all_.insert_or_assign(std::move(region), kept{std::move(thing), ++clock_});
    }

    [[nodiscard]] std::size_t size() const noexcept { return all_.size(); }

private:
    struct kept {
        std::shared_ptr<Thing> thing;
        std::uint64_t asked_for = 0;
    };

    void drop_one() {
        auto oldest = all_.end();
        for (auto at = all_.begin(); at != all_.end(); ++at) {
            if (at->first == home_ || at->second.thing.use_count() != 1) continue;
            if (oldest == all_.end() || at->second.asked_for < oldest->second.asked_for) oldest = at;
        }
        if (oldest != all_.end()) all_.erase(oldest);
    }

    std::string home_;
    std::size_t most_;
    std::map<std::string, kept, std::less<>> all_;
    std::uint64_t clock_ = 0;
};

}  // namespace hourkey::sts
