package io.nsbox.host;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Finds out what a machine allows, key by key of the language, and what would mend the rest. */
public final class Doctor {
    private Doctor() {}

    /** What the machine's files say. */
    public static DoctorReport read(HostFacts facts) {
        List<Verdict> verdicts =
                Probes.of(facts).stream().map(probe -> probe.read(facts)).toList();
        return new DoctorReport(FactSheet.of(facts), verdicts, false);
    }

    /**
     * What the machine's files say, set right by running a sandbox for each key.
     *
     * @param run runs one spec; called once a probe, one after the other
     */
    public static DoctorReport examine(HostFacts facts, Function<ProbeSpec, ProbeResult> run) {
        List<Verdict> verdicts = new ArrayList<>();
        for (Probe probe : Probes.of(facts)) {
            Verdict read = probe.read(facts);
            Optional<ProbeResult> tried = probe.attempt(facts).map(run);
            verdicts.add(tried.map(result -> probe.combine(read, result)).orElse(read));
        }
        return new DoctorReport(FactSheet.of(facts), verdicts, true);
    }
}
