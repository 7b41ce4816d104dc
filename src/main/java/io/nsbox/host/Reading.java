package io.nsbox.host;

import java.util.List;

/**
 * A fact, with the files it came from: an image that embeds the fact is right for as long as these files hold these bytes.
 *
 * @param value the fact
 * @param files the files that were there and were read, in the order of reading
 */
public record Reading<T>(T value, List<HostFile> files) {
    public Reading {
        files = List.copyOf(files);
    }
}
