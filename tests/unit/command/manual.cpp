#include "command/manual.hpp"

#include "sample_program.hpp"

#include <doctest/doctest.h>

namespace hourkey::command {

TEST_CASE("There is a page of the program and one of each command that is not hidden") {
    sample_values v;
    std::vector<std::string> names;
    for (const auto& page : manual_pages(sample_program(v))) names.push_back(page.name);
    CHECK(names == std::vector<std::string>{"sample.1", "sample-serve.1", "sample-token-create.1",
                                            "sample-token-list.1", "sample-backup.1", "sample-exec.1"});
}

TEST_CASE("A page is roff, in the sections that readers know") {
    sample_values v;
    CHECK(manual_pages(sample_program(v)).at(2).roff == R"(.TH "sample\-token\-create" 1 "" "sample 1.2.3"
.SH NAME
sample\-token\-create \- Print a new token
.SH SYNOPSIS
\fBsample token create \-\-role ROLE [OPTION...]\fR
.SH DESCRIPTION
Print a new token.
.SH OPTIONS
.TP
\fB\-\-role ROLE\fR
what it may do (operator, admin or app; required).
.TP
\fB\-\-tenant NAME\fR
whose (default: acme; or the environment\(aqs HOURKEY_TEST_TENANT).
.TP
\fB\-\-expires\-in\-seconds SECONDS\fR
how long (default: 3600).
.SH EXIT STATUS
.TP
\fB0\fR
done
.TP
\fB1\fR
not made
.TP
\fB2\fR
the command line is wrong
.SH EXAMPLES
For a job.
.PP
.nf
.RS
sample token create \-\-role app
.RE
.fi
.SH SEE ALSO
.BR sample (1)
)");
}

TEST_CASE("No text is read as a request, and backslashes are shown") {
    sample_values v;
    auto of = sample_program(v);
    of.commands[0].text = ".so /etc/passwd\n\n  'quoted' \\ line";
    const auto roff = manual_pages(of).at(1).roff;
    CHECK(roff.find("\n\\&.so /etc/passwd\n") != std::string::npos);
    CHECK(roff.find("\n\\&\\(aqquoted\\(aq \\e line\n") != std::string::npos);
}

TEST_CASE("A program of one command has one page, and its summary is the command's") {
    sample_values v;
    const program single{.name = "single",
                         .commands = {{.path = {},
                                       .summary = "Does it",
                                       .options = {{.name = "--aws", .text = "really", .target = &v.real}},
                                       .run = [] { return 0; }}}};
    const auto pages = manual_pages(single);
    REQUIRE(pages.size() == 1);
    CHECK(pages[0].name == "single.1");
    CHECK(read(single, {"--aws"}).command == &single.commands[0]);
    CHECK(v.real);
    CHECK(read(single, {"--help"}).text.starts_with("Does it.\n\nUsage: single [OPTION...]\n"));
    CHECK(read(single, {"fly"}).problem->message == "'fly' is one word too many.");
}

}  // namespace hourkey::command
