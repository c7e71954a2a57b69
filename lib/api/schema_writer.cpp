#include "api/schema_writer.hpp"

#include <limits>

namespace hourkey::api {

std::string reference_to(const about& what) { return "#/components/schemas/" + std::string(what.title); }

void begin_schema(json::writer& to, const about& of) {
    to.begin_object().string("type", "object").string("description", of.meaning).key("properties").begin_object();
}

void end_schema(json::writer& to, const about& of, const std::vector<std::string_view>& required) {
    to.end_object();
    if (!required.empty()) {
        to.key("required").begin_array();
        for (const auto name : required) to.string(name);
        to.end_array();
    }
    if (of.from == sender::client) to.boolean("additionalProperties", false);
    to.end_object();
}

void schema_writer::begin(const field& f) {
    const bool is_parameter = as_ == form_of_fields::parameters;
    if (is_required_) required_.push_back(f.name);
    if (!is_parameter) to_.key(f.name);
    to_.begin_object();
    if (is_parameter) to_.string("name", f.name).string("in", "query");
    to_.string("description", f.meaning);
    if (is_parameter) to_.boolean("required", is_required_).key("schema").begin_object();
    is_required_ = true;
}

void schema_writer::end() {
    to_.end_object();
    if (as_ == form_of_fields::parameters) to_.end_object();
}

void schema_writer::text(const field& f) {
    begin(f);
    write_text_rules(to_, f.of);
    end();
}

void schema_writer::time(const field& f) {
    begin(f);
    to_.string("type", "string").string("format", "date-time");
    end();
}

void schema_writer::number(const field& f) {
    begin(f);
    write_number_rules(to_, f);
    end();
}

void schema_writer::boolean(const field& f) {
    begin(f);
    to_.string("type", "boolean");
    end();
}

void schema_writer::part(const field& f, const about& what) {
    begin(f);
    to_.string("$ref", reference_to(what));
    end();
}

void schema_writer::list(const field& f, const about& of) {
    begin(f);
    to_.string("type", "array").key("items").begin_object().string("$ref", reference_to(of)).end_object();
    end();
}

void schema_writer::texts(const field& f) {
    begin(f);
    to_.string("type", "array").key("items").begin_object();
    write_text_rules(to_, f.of);
    to_.end_object();
    if (f.most != std::numeric_limits<std::int64_t>::max()) to_.integer("maxItems", f.most);
    end();
}

void schema_writer::map(const field& f, const about& of, values_of_map values) {
    begin(f);
    to_.string("type", "object").key("additionalProperties").begin_object();
    if (values == or_texts) {
        to_.key("oneOf").begin_array().begin_object().string("type", "string").end_object();
        to_.begin_object().string("$ref", reference_to(of)).end_object().end_array();
    } else {
        to_.string("$ref", reference_to(of));
    }
    to_.end_object();
    end();
}

void write_text_rules(json::writer& to, const form& of) {
    to.string("type", "string");
    if (!of.pattern.empty()) to.string("pattern", of.pattern);
    if (of.most_bytes != 0) to.integer("maxLength", static_cast<std::int64_t>(of.most_bytes));
    if (of.values.empty()) return;
    to.key("enum").begin_array();
    for (const auto value : of.values) to.string(value);
    to.end_array();
}

void write_number_rules(json::writer& to, const field& f) {
    to.string("type", "integer");
    if (f.least != std::numeric_limits<std::int64_t>::min()) to.integer("minimum", f.least);
    if (f.most != std::numeric_limits<std::int64_t>::max()) to.integer("maximum", f.most);
}

}  // namespace hourkey::api
