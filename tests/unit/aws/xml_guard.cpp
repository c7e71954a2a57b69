#include "aws/xml_guard.hpp"

#include <doctest/doctest.h>

#include <string>

namespace aws = hourkey::aws;

namespace {

std::string nested(std::size_t depth) {
    std::string out;
    for (std::size_t i = 0; i < depth; ++i) out += "<a>";
    for (std::size_t i = 0; i < depth; ++i) out += "</a>";
    return out;
}

}  // namespace

TEST_CASE("plain, decorated and referencing XML passes") {
    for (const auto& xml :
         {std::string("<a/>"), std::string("<a></a>"),
          std::string("\xEF\xBB\xBF<?xml version=\"1.0\"?>\n<!-- <b> & -->\n<a x='>' y=\"'/\"/>\n"),
          std::string("<p:a><![CDATA[<&>]]>&amp;&lt;&gt;&quot;&apos;&#65;&#x1F600;&#0065;</p:a>\n<?pi & ?>"),
          std::string("<a>\xC3\xA9\t\r\n</a>"), nested(32)}) {
        CAPTURE(xml);
        CHECK_FALSE(aws::xml_objection(xml).has_value());
    }
}

TEST_CASE("everything else is objected to, with the reason") {
    using namespace std::string_literals;
    struct row {
        std::string xml;
        std::string_view says;
    };
    for (const auto& r : {
             row{"", "empty"},
             row{"\xEF\xBB\xBF", "empty"},
             row{" ", "no root"},
             row{"<!-- -->", "no root"},
             row{"text", "outside the root"},
             row{"<a/>x", "outside the root"},
             row{"x<a/>", "outside the root"},
             row{"<![CDATA[x]]><a/>", "outside the root"},
             row{"&amp;<a/>", "outside the root"},
             row{"<a/><b/>", "second root"},
             row{"<a>", "ends inside"},
             row{"<a><b></a>", "ends inside"},
             row{"</a>", "no start"},
             row{"<a></a></a>", "no start"},
             row{"<a", "malformed"},
             row{"<a x='>", "malformed"},
             row{"<a<b>", "malformed"},
             row{"<a></a", "cut off"},
             row{"<a><!-- </a>", "cut off"},
             row{"<a><![CDATA[ </a>", "cut off"},
             row{"<?xml <a/>", "cut off"},
             row{"<!DOCTYPE a><a/>", "DOCTYPE"},
             row{"<!doctype html><html></html>", "DOCTYPE"},
             row{"<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", "DOCTYPE"},
             row{"<a><!ENTITY x></a>", "DOCTYPE"},
             row{"<a>&x;</a>", "reference"},
             row{"<a>&</a>", "reference"},
             row{"<a>& ;</a>", "reference"},
             row{"<a>&#0;</a>", "reference"},
             row{"<a>&#x0;</a>", "reference"},
             row{"<a>&#;</a>", "reference"},
             row{"<a>&#x;</a>", "reference"},
             row{"<a>&#X41;</a>", "reference"},
             row{"<a>&#xD800;</a>", "reference"},
             row{"<a>&#x110000;</a>", "reference"},
             row{"<a>&#99999999999999999999;</a>", "reference"},
             row{"<a>&#1;</a>", "reference"},
             row{"<a>&#-1;</a>", "reference"},
             row{"<a>\0</a>"s, "control"},
             row{"<a>\x01</a>", "control"},
             row{"<a>\xFF</a>", "UTF-8"},
             row{"<a>\xC3</a>", "UTF-8"},
             row{nested(33), "deeply"},
             row{nested(9000), "deeply"},
         }) {
        CAPTURE(r.xml.substr(0, 80));
        const auto wrong = aws::xml_objection(r.xml);
        REQUIRE(wrong.has_value());
        CHECK(wrong->find(r.says) != std::string_view::npos);
    }
}
