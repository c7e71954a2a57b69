#pragma once

#include "api/field.hpp"
#include "api/shape.hpp"
#include "core/clock.hpp"
#include "core/secret.hpp"
#include "json/writer.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace hourkey::api {

/// Where a type stands in the document.
[[nodiscard]] std::string reference_to(const about& what);

/// Writes a type as JSON Schema 2020-12, which OpenAPI 3.1 has made its own; or its fields as parameters of a query.
class schema_writer {
public:
    enum class form_of_fields { properties, parameters };
    schema_writer(json::writer& to, form_of_fields as) : to_(to), as_(as) {}

    void operator()(const field& f, const std::string&) { text(f); }
    void operator()(const field& f, const secret&) { text(f); }
    void operator()(const field& f, wall_time) { time(f); }
    void operator()(const field& f, std::chrono::seconds) { number(f); }
    void operator()(const field& f, bool) { boolean(f); }
    template <class N>
        requires std::is_integral_v<N>
    void operator()(const field& f, N) {
        number(f);
    }
    template <class T>
        requires requires { T::is; }
    void operator()(const field& f, const T&) {
        part(f, T::is);
    }
    void operator()(const field& f, const std::vector<std::string>&) { texts(f); }
    template <class T>
    void operator()(const field& f, const by_name<T>&) {
        map(f, T::is, only_objects);
    }
    template <class T>
    void operator()(const field& f, const by_name<text_or<T>>&) {
        map(f, T::is, or_texts);
    }
    template <class T>
    void operator()(const field& f, const std::vector<T>&) {
        list(f, T::is);
    }
    template <class T>
    void operator()(const field& f, const std::optional<T>&) {
        is_required_ = false;
        (*this)(f, T{});
    }

    void refuse(std::string_view, std::string_view, std::string_view) {}
    [[nodiscard]] const std::vector<std::string_view>& required() const noexcept { return required_; }

private:
    void begin(const field& f);
    void end();
    void text(const field& f);
    void time(const field& f);
    void number(const field& f);
    void boolean(const field& f);
    void part(const field& f, const about& what);
    void list(const field& f, const about& of);
    void texts(const field& f);
    enum values_of_map { only_objects, or_texts };
    void map(const field& f, const about& of, values_of_map values);

    json::writer& to_;
    form_of_fields as_;
    bool is_required_ = true;
    std::vector<std::string_view> required_;
};

/// {"type":"object","properties":{...
void begin_schema(json::writer& to, const about& of);
void end_schema(json::writer& to, const about& of, const std::vector<std::string_view>& required);

/// `"type":"string",...` and `"type":"integer",...`, for who has begun the object.
void write_text_rules(json::writer& to, const form& of);
void write_number_rules(json::writer& to, const field& f);

}  // namespace hourkey::api
