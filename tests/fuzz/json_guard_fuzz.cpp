#include "json/reader.hpp"
#include "json/writer.hpp"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <string>

namespace {

using hourkey::json::object;

void require(bool holds) {
    if (!holds) std::abort();
}

/// Every getter on a few names of the seeds, into the depth that the guard allows.
void read_all(object& in, std::size_t levels_left) {
    require(levels_left > 0);
    for (const auto* const field : {"a", "role", "refs", "context", "expires_in_seconds"}) {
        if (const auto text = in.optional_string(field); text && *text)
            require((*text)->find('\0') == std::string_view::npos);
        if (const auto n = in.optional_integer(field, -10, 10); n && *n) require(**n >= -10 && **n <= 10);
        if (const auto flag = in.optional_boolean(field); flag && *flag) require(in.has(field));
        if (const auto texts = in.optional_strings(field); texts && *texts)
            require((*texts)->size() <= hourkey::json::max_events);
        if (auto inner = in.optional_object(field); inner && *inner) read_all(**inner, levels_left - 1);
    }
    if (const auto finished = in.finish(); !finished) require(finished.error().code == hourkey::errc::invalid_request);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view body(reinterpret_cast<const char*>(data), size);

    if (auto parsed = hourkey::json::parse(body)) {
        require(nlohmann::json::accept(body));
        auto root = parsed->root();
        read_all(root, hourkey::json::max_depth);
    } else {
        // The message is one of ours with a number in it: nothing of the body can be in it.
        const auto& say = parsed.error().message;
        require(say.starts_with("the body ") && say.ends_with(")") && say.size() < 80);
    }

    const auto written = hourkey::json::writer(size + 2).string(body).take();
    require(nlohmann::json::accept(written));
    return 0;
}
