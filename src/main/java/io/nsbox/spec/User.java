package io.nsbox.spec;

import java.util.OptionalLong;

/**
 * Who the command runs as, in ids as they are seen inside.
 *
 * @param uid user id, 0 to {@link IdRange#HIGHEST_ID}
 * @param gid group id, likewise; empty where the spec names none
 */
public record User(long uid, OptionalLong gid) {}
