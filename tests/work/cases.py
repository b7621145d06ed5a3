# SPDX-License-Identifier: ISC
"""cases.py FILE MODULE [RESOURCE ...]: the tests of a module of CPython's
package test, in a directory of their own below the working directory; FILE
gets a line for each, name, tab, result, as it ends.  The status tells whether
all is well."""

import importlib
import os
import sys
import unittest


class Result(unittest.TextTestResult):
    """Writes what came of each, whatever else happens to this process."""

    cases = -1

    def tell(self, test, what):
        """One write(2), since tests fork."""
        name = " ".join(test.id().split())
        os.write(self.cases, f"{name}\t{what}\n".encode())

    def addSuccess(self, test):
        super().addSuccess(test)
        self.tell(test, "ok")

    def addError(self, test, err):
        super().addError(test, err)
        self.tell(test, "error")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.tell(test, "failure")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.tell(test, "skipped")

    def addExpectedFailure(self, test, err):
        super().addExpectedFailure(test, err)
        self.tell(test, "expected failure")

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.tell(test, "unexpected success")

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.tell(test, "failure of a part")


def main():
    from test import support
    from test.support import os_helper

    # tests may close what they do not know
    opened = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    Result.cases = os.dup2(opened, 250, inheritable=False)
    os.close(opened)
    support.use_resources = sys.argv[3:]
    support.verbose = 0
    name = "test." + sys.argv[2]
    sys.argv[1:] = []
    with os_helper.temp_cwd(os.getcwd() + "/cwd"):
        loaded = unittest.TestLoader().loadTestsFromModule(
            importlib.import_module(name))
        result = unittest.TextTestRunner(resultclass=Result,
                                         verbosity=2).run(loaded)
    sys.exit(not result.wasSuccessful())


if __name__ == "__main__":
    main()
