package io.nsbox.plan;

/**
 * What a launcher will find out about its caller, as far as it decides which calls it makes.
 *
 * @param uid effective user id
 * @param gid effective group id
 * @param mayMapIds whether it holds CAP_SETUID and CAP_SETGID
 */
public record Caller(long uid, long gid, boolean mayMapIds) {}
