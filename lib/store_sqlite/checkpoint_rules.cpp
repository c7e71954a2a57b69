#include "store_sqlite/checkpoint_rules.hpp"

#include <algorithm>

namespace hourkey::store {

void checkpoint_rules::committed(std::uint64_t frames, steady_time now) noexcept {
    if (frames == frames_) return;  // the group has changed nothing
    if (frames < frames_) {
        copied_ = commits_ = 0;
        held_since_.reset();
    }
    frames_ = frames;
    ++commits_;
    is_cut_ = false;
    last_write_ = now;
}

checkpoint_rules::action checkpoint_rules::due(steady_time now) const noexcept {
    if (is_cut_ || now < next_) return action::none;
    if (now - last_write_ >= idle_after) return action::truncate;
    const bool is_worth_it = frames_ >= worthwhile_frames || commits_ >= worthwhile_commits;
    return is_worth_it && copied_ < frames_ ? action::passive : action::none;
}

void checkpoint_rules::done(outcome found, steady_time now) noexcept {
    const bool has_gained = found.copied > copied_;
    frames_ = found.frames;
    copied_ = found.copied;
    is_cut_ = frames_ == 0;
    if (is_cut_) commits_ = 0;
    const bool is_whole = copied_ >= frames_;
    if (is_whole)
        held_since_.reset();
    else if (!held_since_)
        held_since_ = now;

    if (is_cut_ || (is_whole && has_gained))
        pause_ = {};
    else if (has_gained)
        pause_ = pause_after_gain;
    else
        pause_ = std::clamp(pause_ * 2, first_pause_without_gain, longest_pause);
    next_ = now + pause_;
}

}  // namespace hourkey::store
