#pragma once

#include "core/ulid.hpp"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <iterator>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace hourkey::store {

/// First in, first out for each owner; the owners take turns. Bounded: when it is full, whoever holds less than others
/// gets a place at the expense of the one who holds most, so an owner alone may have all of it and no owner keeps the
/// others out.
template <class T>
class fair_queue {
public:
    enum class lane : unsigned char {
        usual,
        first  ///< before the owner's other items, and in place of them when the owner has no other place
    };

    explicit fair_queue(std::size_t most) : most_(most) {}

    /// What found no place: `item` itself, or the newest of whoever holds most, a usual one if there is any.
    [[nodiscard]] std::optional<T> push(T item, const ulid& owner, lane in = lane::usual) {
        std::optional<T> put_out;
        if (size_ >= most_) {
            auto* from = richest_beside(owner, in);
            if (from == nullptr) return item;
            put_out = from->pop_newest();
            --size_;
        }
        auto& mine = lines_[owner];
        (in == lane::first ? mine.first : mine.usual).push_back(std::move(item));
        ++size_;
        return put_out;
    }

    /// Whether push() would find a place for a usual item.
    [[nodiscard]] bool has_place_for(const ulid& owner) const {
        return size_ < most_ || richest_beside(owner, lane::usual) != nullptr;
    }

    /// Appends up to `count` items to `out`, one of each owner in turn.
    void take(std::size_t count, std::vector<T>& out) {
        if (size_ <= count) {
            for (auto& [owner, line] : lines_) line.move_all(out);
            size_ = 0;
            forget_idle();
            return;
        }
        auto at = lines_.upper_bound(last_served_);
        for (std::size_t left = count; left > 0;) {
            if (at == lines_.end()) at = lines_.begin();
            if (at->second.size() != 0) {
                out.push_back(at->second.pop_oldest());
                --left, --size_;
                last_served_ = at->first;
            }
            ++at;
        }
    }

    template <class Each>
    void for_each(Each each) {
        for (auto& [owner, line] : lines_)
            for (auto* items : {&line.first, &line.usual}) std::for_each(items->begin(), items->end(), each);
    }

    template <class Predicate>
    void erase_if(Predicate is_over) {
        size_ = 0;
        for (auto& [owner, line] : lines_) {
            std::erase_if(line.first, is_over);
            std::erase_if(line.usual, is_over);
            size_ += line.size();
        }
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

private:
    /// Lines that keep their memory while nothing is in them.
    static constexpr std::size_t most_idle_lines = 64;

    struct line {
        std::deque<T> first, usual;

        [[nodiscard]] std::size_t size() const noexcept { return first.size() + usual.size(); }
        T pop_newest() {
            auto& from = usual.empty() ? first : usual;
            T out = std::move(from.back());
            from.pop_back();
            return out;
        }
        T pop_oldest() {
            auto& from = first.empty() ? usual : first;
            T out = std::move(from.front());
            from.pop_front();
            return out;
        }
        void move_all(std::vector<T>& out) {
            for (auto* items : {&first, &usual}) {
                std::move(items->begin(), items->end(), std::back_inserter(out));
                items->clear();
            }
        }
    };

    /// The line that has to give up an item so that `owner` gets a place: one that would still hold as much as the
    /// owner then, or the owner's own, of its usual ones, when the item goes first.
    [[nodiscard]] const line* richest_beside(const ulid& owner, lane in) const {
        const line* richest = nullptr;
        for (const auto& [who, l] : lines_)
            if (richest == nullptr || l.size() > richest->size()) richest = &l;
        const auto mine = lines_.find(owner);
        const auto held = mine == lines_.end() ? 0 : mine->second.size();
        if (richest != nullptr && richest->size() > held + 1) return richest;
        return in == lane::first && mine != lines_.end() && !mine->second.usual.empty() ? &mine->second : nullptr;
    }
    [[nodiscard]] line* richest_beside(const ulid& owner, lane in) {
        return const_cast<line*>(std::as_const(*this).richest_beside(owner, in));
    }

    void forget_idle() {
        if (lines_.size() > most_idle_lines) lines_.clear();
    }

    std::size_t most_;
    std::size_t size_ = 0;
    std::map<ulid, line> lines_;
    ulid last_served_;
};

}  // namespace hourkey::store
