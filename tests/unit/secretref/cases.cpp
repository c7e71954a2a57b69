#include "secretref/document.hpp"
#include "source_tree.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include <fstream>
#include <string>
#include <vector>

using namespace hourkey::secretref;
using nlohmann::json;

namespace {

json read(const std::string& name) {
    std::ifstream in(hourkey::test::vectors_folder() + "/secretref/" + name + ".json");
    return json::parse(in);
}

answers answers_of(const json& given) {
    answers made;
    for (const auto& [name, fields] : given.items()) {
        auto& one = made[name];
        one.found = !fields.is_null();
        if (!one.found) continue;
        for (const auto& [field_name, value] : fields.items())
            one.of(*find_field(field_name)) = hourkey::secret(value.get<std::string>());
    }
    return made;
}

scan_options options_of(const json& c, const json& file, const json& shared) {
    scan_options made;
    made.form = *find_format(file.at("format").get<std::string>());
    const auto spelling = c.value("spelling", "both");
    if (spelling != "both") made.spelling = spelling == "${}" ? delimiters::braces : delimiters::angles;
    const auto& variables = c.contains("variables") ? c.at("variables") : shared.at("variables");
    for (const auto& [name, value] : variables.items()) made.variables[name] = value.get<std::string>();
    return made;
}

std::vector<std::string> in_short(const rejection& r) {
    std::vector<std::string> made;
    for (const auto& p : r.problems)
        made.push_back(std::to_string(p.at.line) + ":" + std::to_string(p.at.column) + " " +
                       std::string(name_of(p.code)));
    return made;
}

}  // namespace

TEST_CASE("each case of the resolver comes out as it should") {
    const auto shared = read("answers");
    const auto known = answers_of(shared.at("answers"));
    std::size_t cases = 0;
    for (const auto* name : {"yaml", "json", "toml", "dotenv", "text"}) {
        CAPTURE(name);
        const auto file = read(name);
        for (const auto& c : file.at("cases")) {
            ++cases;
            CAPTURE(c.at("what").get<std::string>());
            const auto input = c.at("input").get<std::string>();
            CAPTURE(input);
            const auto found = scan(input, options_of(c, file, shared));
            const auto refused = c.value("problems", std::vector<std::string>{});
            if (!found) {
                CHECK(in_short(found.error()) == refused);
                continue;
            }
            const auto made = substitute(*found, known);
            if (made)
                CHECK(std::string(made->expose()) == c.value("output", "(refused)"));
            else
                CHECK(in_short(made.error()) == refused);
        }
    }
    CHECK(cases > 120);
}
