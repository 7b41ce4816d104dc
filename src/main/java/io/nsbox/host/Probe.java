package io.nsbox.host;

import java.util.Optional;

/** One thing that a spec may ask for: what the machine's files say about it, and how to try it. */
public interface Probe {

    /** The key as a spec has it, such as {@code uid_map: auto}. */
    String key();

    /** What the files say; a rule can be wrong where a machine has restrictions of its own. */
    Verdict read(HostFacts facts);

    /** A spec that tries it; absent where there is nothing to run. */
    Optional<ProbeSpec> attempt(HostFacts facts);

    /** What the files say, set right by what a run showed. */
    default Verdict combine(Verdict read, ProbeResult tried) {
        if (tried.works()) {
            return read.status() == Verdict.Status.YES ? read : Verdict.yes(key());
        }
        if (read.status() == Verdict.Status.NO) {
            return read;
        }
        return new Verdict(
                key(),
                Verdict.Status.NO,
                "tried: " + tried.message(),
                read.fixes().isEmpty() ? tried.help() : read.fixes());
    }
}
