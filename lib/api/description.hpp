#pragma once

#include "api/field_reader.hpp"
#include "api/field_writer.hpp"
#include "api/schema_writer.hpp"
#include "api/shape.hpp"

namespace hourkey::api {

template <class T>
result<T> shape<T>::read_part(json::object from) {
    T out;
    field_reader fields(std::move(from), T::is.from);
    T::describe(out, fields);
    HK_CHECK(fields.finish());
    return out;
}

template <class T>
result<T> shape<T>::read(std::string_view body) {
    HK_TRY(const auto document, parse_body(body, T::is.from));
    return read_part(document.root());
}

template <class T>
void shape<T>::write(json::writer& w, const T& what) {
    w.begin_object();
    field_writer fields(w);
    T::describe(what, fields);
    w.end_object();
}

template <class T>
void shape<T>::write_schema(json::writer& w) {
    const T any;
    begin_schema(w, T::is);
    schema_writer fields(w, schema_writer::form_of_fields::properties);
    T::describe(any, fields);
    end_schema(w, T::is, fields.required());
}

template <class T>
void shape<T>::write_parameters(json::writer& w) {
    const T any;
    schema_writer fields(w, schema_writer::form_of_fields::parameters);
    T::describe(any, fields);
}

}  // namespace hourkey::api
