#include "credentials/proxy_variables.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

using namespace hourkey;
using namespace hourkey::credentials;

TEST_CASE("a proxy matters only where NO_PROXY does not except the host") {
    using variables = std::map<std::string, std::string>;
    struct row {
        std::string name;
        variables env;
        std::string host, expected;
    };
    const std::string sts = "sts.eu-west-1.amazonaws.com";
    const std::string proxy = "http://p:1";
    const auto with = [&](const std::string& exceptions) {
        return variables{{"HTTPS_PROXY", proxy}, {"NO_PROXY", exceptions}};
    };
    const std::vector<row> rows{
        {"none", {}, sts, ""},
        {"an empty one", {{"HTTPS_PROXY", ""}}, sts, ""},
        {"a proxy", {{"HTTPS_PROXY", proxy}}, sts, "HTTPS_PROXY"},
        {"in lower case", {{"https_proxy", proxy}}, sts, "https_proxy"},
        {"for all", {{"ALL_PROXY", proxy}}, sts, "ALL_PROXY"},
        {"for http only", {{"HTTP_PROXY", proxy}}, sts, ""},
        {"another host excepted", with("localhost,127.0.0.1,example.com"), sts, "HTTPS_PROXY"},
        {"the host", with("localhost," + sts), sts, ""},
        {"in another case", with("STS.EU-WEST-1.amazonaws.com"), sts, ""},
        {"its domain", with("amazonaws.com"), sts, ""},
        {"its domain behind a dot, after blanks", with("a, .amazonaws.com ,b"), sts, ""},
        {"its domain behind a star", with("*.amazonaws.com"), sts, ""},
        {"not the end of a label", with("naws.com"), sts, "HTTPS_PROXY"},
        {"with a port", with("amazonaws.com:443"), sts, ""},
        {"all", with("*"), sts, ""},
        {"all in lower case", {{"https_proxy", proxy}, {"no_proxy", "*"}}, sts, ""},
        {"nothing", with(" , ,."), sts, "HTTPS_PROXY"},
        {"an address", with("127.0.0.1"), "127.0.0.1", ""},
        {"an address's end", with("0.0.1"), "127.0.0.1", "HTTPS_PROXY"},
        {"a range", with("10.0.0.0/8"), "10.1.2.3", ""},
        {"another range", with("10.0.0.0/8"), "11.1.2.3", "HTTPS_PROXY"},
        {"a range that is none", with("10.0.0.0/x"), "10.1.2.3", "HTTPS_PROXY"},
        {"an IPv6 address", with("[fd00::1]:443"), "fd00::1", ""},
        {"an IPv6 range", with("fd00::/8"), "fd00::1", ""},
        {"a range of the other family", with("10.0.0.0/8"), "fd00::1", "HTTPS_PROXY"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        const environment lookup = [&](const std::string& name) -> std::optional<std::string_view> {
            const auto at = r.env.find(name);
            return at == r.env.end() ? std::nullopt : std::optional<std::string_view>(at->second);
        };
        CHECK(proxy_variable_for(lookup, r.host).value_or("") == r.expected);
    }
}
