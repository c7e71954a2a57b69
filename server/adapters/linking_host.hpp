#pragma once

#include "crypto/random.hpp"
#include "linking/ports.hpp"
#include "server/services.hpp"
#include "sts/endpoint.hpp"

#include <chrono>
#include <cstdint>
#include <functional>

namespace hourkey::server {

/// The server that linking runs in.
class linking_host final : public linking::host {
public:
    linking_host(std::function<aws_identity()> identify, const sts::endpoint_table& endpoints,
                 std::chrono::seconds verify_every)
        : identify_(std::move(identify)), endpoints_(endpoints), verify_every_(verify_every) {}

    [[nodiscard]] linking::own_identity identity() const override;
    [[nodiscard]] bool knows_region(const aws::region& region) const override { return endpoints_.knows(region.str()); }
    [[nodiscard]] aws::external_id make_external_id() const override { return aws::make_external_id(); }
    [[nodiscard]] std::chrono::seconds verify_every() const override { return verify_every_; }
    [[nodiscard]] std::uint64_t random() const override { return crypto::random_number(); }
    void tell_unstored(const linking::finding& f, const failure& why) const override;

private:
    std::function<aws_identity()> identify_;
    const sts::endpoint_table& endpoints_;
    std::chrono::seconds verify_every_;
};

}  // namespace hourkey::server
