package io.nsbox.host;

/**
 * A tiny spec that asks for one thing, for {@code doctor} to run.
 *
 * @param key the key it stands for, as {@link Verdict#key()}
 * @param yaml the whole spec; its command ends with status 0
 */
public record ProbeSpec(String key, String yaml) {}
