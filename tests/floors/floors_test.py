# SPDX-License-Identifier: MIT
"""The floors check finds each kind of fault in a small house, and none in a sound one."""
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "cmake"))
from floors import House  # noqa: E402

SOUND = {
    "docs/floors.txt": "core base/\ncore task.hpp\ncore sync/\n"
                       "executors runtime.hpp\nexecutors jackdaw.hpp\n",
    "core/include/jackdaw/base/atomic.hpp": "#include <atomic>\n",
    "core/include/jackdaw/task.hpp": "#include <jackdaw/base/atomic.hpp>\n",
    "core/include/jackdaw/sync/mutex.hpp": "#include <jackdaw/task.hpp>\n",
    "core/src/sync/waiters.hpp": "",
    "core/src/sync/mutex.cpp": '#include <jackdaw/sync/mutex.hpp>\n#include "sync/waiters.hpp"\n',
    "executors/include/jackdaw/runtime.hpp": "#include <jackdaw/sync/mutex.hpp>\n",
    "executors/include/jackdaw/jackdaw.hpp": "#include <jackdaw/runtime.hpp>\n",
}


class Floors(unittest.TestCase):
    def faults(self, changed=None):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in (SOUND | (changed or {})).items():
                path = Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            return House(Path(folder).resolve()).check()

    def expect(self, changed, words):
        faults = self.faults(changed)
        self.assertEqual(len(faults), 1, faults)
        self.assertIn(words, faults[0])
        self.assertIn(next(iter(changed)) + ":1: ", faults[0])

    def test_a_sound_house_has_no_faults(self):
        self.assertEqual(self.faults(), [])

    def test_an_include_of_a_higher_floor_is_a_fault(self):
        self.expect({"core/include/jackdaw/base/atomic.hpp": "#include <jackdaw/executor.hpp>\n",
                     "core/include/jackdaw/executor.hpp": "",
                     "docs/floors.txt": SOUND["docs/floors.txt"] + "core executor.hpp\n"}, "higher floor")

    def test_a_source_stands_on_the_floor_of_its_room(self):
        self.expect({"core/src/base/futex.cpp": "#include <jackdaw/task.hpp>\n"}, "higher floor")

    def test_core_does_not_see_executors(self):
        self.expect({"core/src/sync/event.cpp": "#include <jackdaw/runtime.hpp>\n"}, "of executors")

    def test_a_public_header_does_not_see_private_ones(self):
        self.expect({"core/include/jackdaw/sync/event.hpp": '#include "sync/waiters.hpp"\n'}, "private")

    def test_a_circle_of_includes_is_a_fault(self):
        self.expect({"core/include/jackdaw/sync/b.hpp": "#include <jackdaw/sync/a.hpp>\n",
                     "core/include/jackdaw/sync/a.hpp": "#include <jackdaw/sync/b.hpp>\n"}, "circle")

    def test_nothing_in_the_libraries_includes_the_umbrella(self):
        self.expect({"executors/include/jackdaw/runtime.hpp": "#include <jackdaw/jackdaw.hpp>\n",
                     "executors/include/jackdaw/jackdaw.hpp": ""}, "higher floor")

    def test_a_file_without_a_floor_is_a_fault(self):
        self.expect({"core/include/jackdaw/attic/dust.hpp": ""}, "no floor")

    def test_an_include_of_nothing_is_a_fault(self):
        self.expect({"core/src/sync/event.cpp": "#include <jackdaw/sync/evnt.hpp>\n"}, "does not exist")


if __name__ == "__main__":
    unittest.main()
