package io.nsbox.state;

/**
 * A process of a sandbox, as it was at one moment (proc_pid_stat(5)).
 *
 * @param pid as the caller sees it
 * @param parent its parent's pid
 * @param state its state's letter, such as R or S
 * @param ticks its time on processors, user and system, in ticks of which a second has 100
 * @param residentBytes memory that is present
 * @param command its command line, or its name in brackets where it has none
 */
public record Member(long pid, long parent, String state, long ticks, long residentBytes, String command) {}
