#pragma once

#include "credentials/base_credentials.hpp"
#include "unit/sts/sts_fixture.hpp"

#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace hourkey::test {

/// Environment variables of a test; thread-safe, and what was read stays valid. No metadata service is asked unless a
/// test says so: there is one on the machines that tests run on.
class test_environment {
public:
    test_environment() { set("AWS_EC2_METADATA_DISABLED", "true"); }
    void set(const std::string& name, const std::string& value) {
        const std::lock_guard lock(mutex_);
        values_[name] = &*kept_.insert(kept_.end(), value);
    }
    [[nodiscard]] credentials::environment reader() {
        return [this](const std::string& name) -> std::optional<std::string_view> {
            const std::lock_guard lock(mutex_);
            const auto at = values_.find(name);
            return at == values_.end() ? std::nullopt : std::optional<std::string_view>(*at->second);
        };
    }

private:
    std::mutex mutex_;
    std::list<std::string> kept_;
    std::map<std::string, const std::string*> values_;
};

/// Settings for tests: looks often, repeats without delay.
inline credentials::base_credentials_settings quick_settings(test_environment& variables) {
    credentials::base_credentials_settings out;
    out.variables = variables.reader();
    out.poll = 5ms;
    out.calls.random = [] { return 0.0; };
    return out;
}

inline std::unique_ptr<credentials::base_credentials> start_base(credentials::base_credentials_settings settings,
                                                                 const sts::endpoint_table& endpoints) {
    auto made = credentials::base_credentials::start(std::move(settings), endpoints);
    REQUIRE(made.has_value());
    (*made)->wait_for_first(deadline::after(30s));
    return *std::move(made);
}

}  // namespace hourkey::test
