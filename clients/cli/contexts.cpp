#include "clients/cli/contexts.hpp"

#include "clients/cli/own_folders.hpp"
#include "core/character_set.hpp"
#include "json/reader.hpp"
#include "json/writer.hpp"
#include "os/private_file.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace hourkey::cli {
namespace {

constexpr std::int64_t form = 1;
constexpr std::size_t longest_name = 127;
constexpr auto of_name = character_set::alphanumeric_and("-_.");

failure unreadable(const std::string& why) {
    return failure(errc::invalid_configuration, "The contexts file is not as `hourkey login` writes it: " + why,
                   "Mend it, or delete it and log in again.");
}

result<context> read_context(json::object from) {
    context out;
    HK_TRY(const auto url, from.string("url"));
    HK_TRY(const auto token, from.string("token"));
    HK_TRY(const auto tenant, from.optional_string("tenant"));
    HK_TRY(const auto ca_file, from.optional_string("cacert"));
    out.url = url;
    out.token = secret(token);
    if (tenant) out.tenant = *tenant;
    if (ca_file) out.ca_file = *ca_file;
    HK_CHECK(from.finish());
    return out;
}

result<context_list> read_list(std::string_view text) {
    HK_TRY(const auto document, json::parse(text));
    auto root = document.root();
    HK_TRY([[maybe_unused]] const auto version, root.integer("version", form, form));
    HK_TRY(const auto current, root.optional_string("current"));
    HK_TRY(auto named, root.optional_object("contexts"));
    HK_CHECK(root.finish());
    context_list out;
    if (current) out.current = *current;
    if (!named) return out;
    for (const auto name : named->names()) {
        if (!is_context_name(name)) return failure(errc::invalid_request, "a context's name is none");
        HK_TRY(auto one, named->optional_object(name));
        if (!one) return failure(errc::invalid_request, "a context is null");
        HK_TRY(auto read, read_context(*std::move(one)));
        out.contexts.emplace(name, std::move(read));
    }
    return out;
}

}  // namespace

bool is_context_name(std::string_view text) noexcept {
    return !text.empty() && text.size() <= longest_name &&
           std::ranges::all_of(text, [](char c) { return of_name.has(c); });
}

result<context_list> parse_contexts(std::string_view text) {
    auto read = read_list(text);
    if (!read) return unreadable(std::string(read.error().text()));
    return read;
}

secret to_json(const context_list& list) {
    json::writer w(4096);
    w.begin_object().integer("version", form);
    if (!list.current.empty()) w.string("current", list.current);
    w.key("contexts").begin_object();
    for (const auto& [name, one] : list.contexts) {
        w.key(name).begin_object().string("url", one.url);
        if (one.tenant) w.string("tenant", *one.tenant);
        w.string("token", one.token.expose());
        if (one.ca_file) w.string("cacert", *one.ca_file);
        w.end_object();
    }
    w.end_object().end_object();
    auto text = w.take();
    secret out(text);
    wipe_container(text);
    return out;
}

result<std::string> contexts_path(const environment& variables) {
    HK_TRY(const auto folder, config_folder(variables));
    return folder + "/contexts.json";
}

result<context_list> load_contexts(const std::string& path) {
    std::error_code unseen;
    if (!std::filesystem::exists(path, unseen) && !unseen) return context_list{};
    HK_TRY(const auto text, os::read_private_file(path));
    return parse_contexts(text.expose());
}

result<> save_contexts(const std::string& path, const context_list& list) {
    HK_CHECK(make_private_folder(std::filesystem::path(path).parent_path()));
    const auto text = to_json(list);
    return os::write_private_file(path, text.expose(), os::private_file_mode::replace);
}

}  // namespace hourkey::cli
