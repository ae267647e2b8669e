#include "app/doctor/finding.hpp"

#include <gtest/gtest.h>

namespace attune::app {
namespace {

TEST(Findings, AreAsBadAsTheWorstOfThem) {
    Findings findings;
    EXPECT_EQ(findings.mark(), Mark::ok);
    findings.warn("disk", "little room", "make some");
    EXPECT_EQ(findings.mark(), Mark::warning);
    findings.fail("clock", "wrong", "set it");
    findings.ok("server", "answers");

    EXPECT_EQ(findings.mark(), Mark::error);
}

TEST(Findings, AreShownWithTheirRemedyAndCounted) {
    Findings findings;
    findings.ok("server", "answers");
    findings.fail("clock", "wrong", "set it");

    EXPECT_EQ(render_findings(findings), "ok       server    answers\n"
                                         "error    clock     wrong\n"
                                         "                   -> set it\n"
                                         "\n1 errors, 0 warnings.\n");
}

TEST(Findings, SayThatThereIsNothingToMend) {
    Findings findings;
    findings.ok("server", "answers");

    EXPECT_EQ(render_findings(findings), "ok       server    answers\n\nNothing to mend.\n");
}

} // namespace
} // namespace attune::app
