#pragma once

#include "api/operation.hpp"
#include "api/schema_writer.hpp"
#include "core/failure.hpp"
#include "json/writer.hpp"

#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace hourkey::api {

/// {"$ref":"#/components/<where>/<name>"}
void write_reference(json::writer& w, std::string_view where, std::string_view name);
/// `"headers":{...}` with what every answer has, and these.
void write_answer_headers(json::writer& w, std::span<const std::string_view> beside);
/// `"content":{...}` of JSON.
void write_content(json::writer& w, const schema& of);

/// Answers that refuse: one for each set of codes that share a status somewhere.
class refusals {
public:
    using codes = std::set<std::string_view>;
    using by_status = std::map<int, codes>;
    [[nodiscard]] static by_status statuses_of(const operation& o);

    /// Its name among the components.
    [[nodiscard]] std::string_view name_of(int status, const codes& all, const about& of);
    void write(json::writer& w) const;

private:
    struct refusal {
        int status;
        codes all;
        const about* of;
    };
    std::map<std::string, refusal> known_;
};

/// All that the paths refer to.
void write_components(json::writer& w, const refusals& refused);

}  // namespace hourkey::api
