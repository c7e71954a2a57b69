#include "secretref/collector.hpp"

namespace hourkey::secretref {
namespace {

class json_scanner {
public:
    explicit json_scanner(collector& into) : into_(into), text_(into.text()) {}

    void run() {
        at_ = begin_of_text(text_);
        while (at_ < text_.size()) {
            if (text_[at_] == '"') {
                string();
            } else if (text_[at_] == '$') {
                at_ =
                    into_.refuse_reference(at_, problem_code::outside_string, "a reference stands outside of a string",
                                           "Put it in double quotes; they go when it becomes an object.");
            } else if (text_.substr(at_).starts_with("//")) {
                pass_over(text_.find('\n', at_), 1);
            } else if (text_.substr(at_).starts_with("/*")) {
                pass_over(text_.find("*/", at_ + 2), 2);
            } else {
                ++at_;
            }
        }
    }

private:
    void pass_over(std::size_t end, std::size_t width) {
        at_ = end == std::string_view::npos ? text_.size() : end + width;
    }

    void string() {
        const auto begin = at_++;
        const auto before = into_.size();
        while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\n') {
            if (text_[at_] == '$')
                at_ = into_.take(at_, quoting::json_string, begin + 1);
            else
                at_ += text_[at_] == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] != '$' ? 2 : 1;
        }
        if (at_ >= text_.size() || text_[at_] != '"') {
            into_.lose(begin);
            into_.close({.kind = quoting::json_string, .all = {begin, at_}, .content = {begin + 1, at_}}, before,
                        false);
            return;
        }
        ++at_;
        const auto next = text_.find_first_not_of(" \t\r\n", at_);
        into_.close({.kind = quoting::json_string,
                     .all = {begin, at_},
                     .content = {begin + 1, at_ - 1},
                     .object = object_form::json},
                    before, next != std::string_view::npos && text_[next] == ':');
        if (next != std::string_view::npos) at_ = next;
    }

    collector& into_;
    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

void scan_json(collector& into) { json_scanner(into).run(); }

}  // namespace hourkey::secretref
