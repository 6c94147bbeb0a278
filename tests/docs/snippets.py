#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes tests of the C++ in a page of documentation: snippets.py PAGE.md OUTPUT.cpp

A block ```cpp is the body of a coroutine, ```cpp thread that of a plain function: each is a test,
named after the heading above it. ```cpp declarations is neither: it is there for the blocks after
it. Errors of the compiler name the line in the page.
"""
import pathlib
import re
import sys

HEAD = """// Made by tests/docs/snippets.py from {page}.
#include "docs/prelude.hpp"

namespace {suite} {{
"""
COROUTINE = """jd::task<> {name}() {{
  [[maybe_unused]] const int local = 0;  // GCC 12, see docs/compilers.md
#line {line} "{page}"
{code}
  co_return;
}}
TEST({suite}, {name}) {{ support::run({name}); }}
"""
THREAD = """TEST({suite}, {name}) {{
#line {line} "{page}"
{code}
}}
"""
DECLARATIONS = """#line {line} "{page}"
{code}
"""
FORMS = {"": COROUTINE, "thread": THREAD, "declarations": DECLARATIONS}


def blocks(text):
    """(heading, form, line, code) of each block of C++."""
    heading, form, begin, code = "", None, 0, []
    for number, line in enumerate(text.splitlines(), 1):
        opened = re.fullmatch(r"```cpp ?(\w*)", line)
        if form is None and opened:
            form, begin, code = opened.group(1), number + 1, []
        elif form is not None and line == "```":
            yield heading, form, begin, "\n".join(code)
            form = None
        elif form is not None:
            code.append(line)
        elif line.startswith("#"):
            heading = "_".join(re.findall(r"[a-z0-9]+", line.lower()))


def main():
    page, output = map(pathlib.Path, sys.argv[1:])
    suite = "docs_" + page.stem
    made = HEAD.format(page=page.name, suite=suite)
    for heading, form, line, code in blocks(page.read_text()):
        if form not in FORMS:
            sys.exit(f"{page}:{line}: there is no form '{form}'; use one of {list(FORMS)}")
        made += "\n" + FORMS[form].format(suite=suite, name=f"{heading}_line_{line}", line=line,
                                          page=page.name, code=code)
    output.write_text(made + "\n}  // namespace " + suite + "\n")


if __name__ == "__main__":
    main()
