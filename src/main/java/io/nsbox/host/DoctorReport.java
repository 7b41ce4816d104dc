package io.nsbox.host;

import java.util.List;

/**
 * What {@code doctor} found.
 *
 * @param facts what the machine is like, for a reader
 * @param verdicts what a spec may ask for here, by key
 * @param tried whether the verdicts come from running sandboxes, rather than from reading files alone
 */
public record DoctorReport(List<Fact> facts, List<Verdict> verdicts, boolean tried) {

    /**
     * A line about the machine.
     *
     * @param name what it is about, a word or two
     * @param value what there is to say
     */
    public record Fact(String name, String value) {}

    public DoctorReport {
        facts = List.copyOf(facts);
        verdicts = List.copyOf(verdicts);
    }

    /** Whether everything that the caller could ask for works. */
    public boolean allWorks() {
        return verdicts.stream().allMatch(verdict -> verdict.status() == Verdict.Status.YES);
    }
}
