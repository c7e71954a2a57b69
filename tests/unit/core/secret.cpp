#include "core/secret.hpp"

#include <doctest/doctest.h>
#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <ostream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

using hourkey::secret;

template <class T>
concept streamable = requires(std::ostream& out, const T& value) { out << value; };
template <class T>
concept json_convertible =
    requires(nlohmann::json& out, const T& value) { nlohmann::adl_serializer<T>::to_json(out, value); };

static_assert(!std::is_copy_constructible_v<secret> && !std::is_copy_assignable_v<secret>);
static_assert(std::is_nothrow_move_constructible_v<secret> && std::is_nothrow_move_assignable_v<secret>);
static_assert(!std::equality_comparable<secret> && !std::totally_ordered<secret>);
static_assert(!std::equality_comparable_with<secret, std::string_view>);
static_assert(!streamable<secret> && streamable<std::string>);
static_assert(!fmt::is_formattable<secret>::value && fmt::is_formattable<std::string>::value);
static_assert(!json_convertible<secret> && json_convertible<std::string>);
static_assert(!std::is_convertible_v<secret, std::string_view> && !std::is_convertible_v<secret, std::string> &&
              !std::is_convertible_v<secret, bool>);
static_assert(!std::is_constructible_v<std::string, const secret&> &&
              !std::is_constructible_v<std::string_view, const secret&>);
static_assert(!std::is_convertible_v<std::string_view, secret>, "becoming secret is said in words");

TEST_CASE("ASecretHoldsItsBytesUntilItIsWiped") {
    secret binary(std::string_view("a\0b", 3));
    CHECK(binary.size() == 3);
    CHECK(binary.expose() == std::string_view("a\0b", 3));
    binary.wipe();
    CHECK(binary.empty());
    CHECK(binary.expose().empty());
    CHECK(secret().empty());
    CHECK(secret("").empty());
}

TEST_CASE("MovingASecretLeavesNothingBehind") {
    secret from("value");
    secret to(std::move(from));
    CHECK(to.expose() == "value");
    CHECK(from.expose().empty());  // NOLINT(bugprone-use-after-move): what is left is the point
    secret other("other");
    other = std::move(to);
    CHECK(other.expose() == "value");
    CHECK(to.expose().empty());  // NOLINT(bugprone-use-after-move)
    auto& same = other;
    other = std::move(same);
    CHECK(other.expose() == "value");
}

TEST_CASE("ACloneIsIndependent") {
    secret one("value");
    const auto two = one.clone();
    one.wipe();
    CHECK(two.expose() == "value");
}

TEST_CASE("WipedBytesAreZero") {
    std::array<char, 8> bytes{'s', 'e', 'c', 'r', 'e', 't', '!', '!'};
    hourkey::wipe_bytes(bytes.data(), 6);
    CHECK(std::string_view(bytes.data(), 8) == std::string_view("\0\0\0\0\0\0!!", 8));
    hourkey::wipe_bytes(nullptr, 0);
}

TEST_CASE("AWipedContainerIsZeroOverItsWholeCapacity") {
    std::string text = "a secret long enough to live on the heap";
    text.reserve(200);
    text.resize(10);  // the rest is still in the buffer
    const auto* const bytes = text.data();
    const auto capacity = text.capacity();
    hourkey::wipe_container(text);
    CHECK(text.empty());
    REQUIRE(text.data() == bytes);
    REQUIRE(text.capacity() == capacity);
    CHECK(std::all_of(bytes, bytes + capacity, [](char c) { return c == 0; }));

    std::vector<unsigned char> numbers{1, 2, 3};
    hourkey::wipe_container(numbers);
    CHECK(numbers.empty());
}
