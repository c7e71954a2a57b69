#pragma once

#include "api/field.hpp"
#include "api/shape.hpp"
#include "core/clock.hpp"
#include "core/secret.hpp"
#include "json/reader.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace hourkey::api {

/// Takes what a type describes out of a JSON object. The first error ends it.
class field_reader {
public:
    field_reader(json::object from, sender who) : from_(std::move(from)), who_(who) {}

    void operator()(const field& f, std::string& into);
    void operator()(const field& f, std::optional<std::string>& into);
    void operator()(const field& f, secret& into);
    void operator()(const field& f, bool& into);
    void operator()(const field& f, wall_time& into);
    void operator()(const field& f, std::optional<wall_time>& into);

    /// A number, or seconds.
    template <class N>
        requires(!std::is_class_v<N>)
    void operator()(const field& f, N& into) {
        if (const auto got = number(f)) into = static_cast<N>(*got);
    }
    void operator()(const field& f, std::optional<std::int64_t>& into) { into = optional_number(f); }
    void operator()(const field& f, std::optional<std::chrono::seconds>& into) {
        if (const auto got = optional_number(f)) into = std::chrono::seconds(*got);
    }

    template <class T>
        requires requires { T::is; }
    void operator()(const field& f, T& into) {
        std::optional<T> got;
        (*this)(f, got);
        if (!got) return miss(f);
        into = *std::move(got);
    }
    template <class T>
        requires requires { T::is; }
    void operator()(const field& f, std::optional<T>& into) {
        if (auto part = take(from_.optional_object(f.name)); part && *part) {
            if (auto got = take(shape<T>::read_part(**std::move(part)))) into = *std::move(got);
        }
    }
    void operator()(const field& f, std::optional<bool>& into) {
        if (const auto got = take(from_.optional_boolean(f.name)); got && *got) into = **got;
    }
    /// Each as described; at most `most` of them.
    void operator()(const field& f, std::vector<std::string>& into);
    template <class T>
    void operator()(const field& f, by_name<T>& into) {
        auto all = take(from_.optional_object(f.name));
        if (!all) return;
        if (!*all) return miss(f);
        for (const auto name : (*all)->names()) read_value(**all, name, into[std::string(name)]);
    }
    template <class T>
    void operator()(const field& f, std::vector<T>& into) {
        auto parts = take(from_.optional_objects(f.name));
        if (!parts) return;
        if (!*parts) return miss(f);
        for (auto& part : **parts)
            if (auto got = take(shape<T>::read_part(std::move(part)))) into.push_back(*std::move(got));
    }

    /// A field that people may take for one of a request, and why it is none.
    void refuse(std::string_view name, std::string_view what, std::string_view fix);

    [[nodiscard]] result<> finish();

private:
    template <class T>
    void read_value(json::object& all, std::string_view name, T& into) {
        auto part = take(all.optional_object(name));
        if (!part || !*part) return;
        if (auto got = take(shape<T>::read_part(**std::move(part)))) into = *std::move(got);
    }
    template <class T>
    void read_value(json::object& all, std::string_view name, text_or<T>& into) {
        if (const auto text = all.optional_string(name)) {
            if (*text) into.text = secret(**text);
            return;
        }
        read_value(all, name, into.object.emplace());
    }

    template <class T>
    std::optional<T> take(result<T> got) {
        if (got && !why_) return *std::move(got);
        if (!why_) why_ = std::move(got).error();
        return std::nullopt;
    }
    [[nodiscard]] std::optional<std::int64_t> number(const field& f);
    [[nodiscard]] std::optional<std::int64_t> optional_number(const field& f);
    [[nodiscard]] bool is_as_described(const field& f, std::string_view text);
    void miss(const field& f);

    json::object from_;
    sender who_;
    std::optional<failure> why_;
};

/// As large as the one that sends it may.
[[nodiscard]] result<json::document> parse_body(std::string_view body, sender who);

}  // namespace hourkey::api
