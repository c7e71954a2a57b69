import unittest

import lint_tool

check_co_await = lint_tool.load("check_co_await")

REFUSED = {
    "a lambda with a copy": "task<> f() { co_await g([x] { return x; }); }",
    "a lambda with a reference": "task<> f() { co_await g([&] { return 1; }); }",
    "a lambda with an init capture and a return type": "task<> f() { co_await g([y = std::move(x)](int z) mutable -> int { return y; }); }",
    "inside a macro's argument": "task<> f() { HK_CO_TRY(const auto x, co_await g([x] { return x; })); }",
    "in an if's initialiser": "task<> f() { if (auto x = co_await g([x] { return x; }); !x) co_return; }",
    "in a while's condition": "task<> f() { while (co_await g([x] { return x; })) {} }",
    "in a lambda coroutine's body": "void f() { spawn([]() -> task<> { co_await g([x] { return x; }); }); }",
    "in a member function after a constructor's initialiser list": "struct s { s() : a_{1}, b_(2) {} task<> f() { co_await g([x] { return x; }); } };",
    "in a function with a trailing return type": "auto f() -> task<std::vector<int>> { co_await g([x] { return x; }); }",
    "after a case label": "task<> f() { switch (x) { case a: co_await g([x] { return x; }); } }",
    "over several lines": "task<> f() {\n    co_await g(1,\n        [x] { return x; });\n}",
}

ALLOWED = {
    "named on the line above": "task<> f() { const point p{1, 2}; co_await g(p); }",
    "an aggregate": "task<> f() { co_await g(point{1, 2}, {.host = h}); co_return point{co_await g()}; }",
    "a class made with parentheses": 'task<> f() { co_await g(std::string("x"), seconds(5)); }',
    "a variable's own initialiser": "task<> f() { result<point> x{co_await g()}; auto y{co_await g()}; std::span<char>& z{co_await g()}; }",
    "a lambda without captures": "task<> f() { co_await g([](int x) { return x; }); }",
    "a lambda that awaits in its own body": "void f() { spawn([this]() -> task<> { co_await g(); }); }",
    "a lambda in the branch that the awaited condition guards": "task<> f() { if (!co_await g()) h([x] {}); }",
    "a lambda in the else branch": "task<> f() { if (x) co_await g(); else h([x] {}); }",
    "a lambda in the next statement": "task<> f() { co_await g(); h([x] {}); }",
    "a body after a head that awaits": "task<> f() { for (auto x = co_await g(); x;) { h([x] {}); } }",
    "a structured binding": "task<> f() { const auto [a, b] = co_await g(); auto& [c, d] = co_await g(); }",
    "a subscript": "task<> f() { co_await g(x[i], y()[j]); }",
    "an attribute": "task<> f() { [[maybe_unused]] const auto x = co_await g(); }",
    "braces in a string": 'task<> f() { co_await g("point{1} [x] {"); }',
    "braces in a raw string": 'task<> f() { co_await g(R"({"a": [1]})"); }',
    "a character": "task<> f() { co_await g('{'); }",
    "a digit separator": "task<> f() { co_await g(10'000, 20'000); h([x] {}); }",
    "co_await in a comment": "void f() { h([y] {});  // not co_await\n /* co_await */ h([x] {}); }",
    "co_await in a preprocessor line": "#define TRY(x) auto y = point{co_await x}; \\\n    return y\nvoid f() { h([x] {}); }",
    "nothing awaited": "void f() { h([x] {}); }",
    "a class template's members": "template <class T> struct s { T x{1}; task<> f() const { co_await g(); } };",
}


class CoAwaitRule(unittest.TestCase):
    def test_refuses_captures_that_die_before_the_coroutine_ends(self):
        for name, source in REFUSED.items():
            with self.subTest(name):
                self.assertEqual(len(check_co_await.check(source)), 1)

    def test_allows_what_is_named_or_not_awaited(self):
        for name, source in ALLOWED.items():
            with self.subTest(name):
                self.assertEqual(check_co_await.check(source), [])

    def test_names_the_line(self):
        self.assertEqual(check_co_await.check(REFUSED["over several lines"]), [3])


if __name__ == "__main__":
    unittest.main()
