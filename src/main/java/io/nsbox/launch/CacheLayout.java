package io.nsbox.launch;

/** Where a cache has what {@code bin/nsbox} and the starter look for without Java; the script spells the same names. */
public final class CacheLayout {
    /** The cache of root, which no variable moves. */
    public static final String OF_ROOT = "/var/cache/nsbox";

    /** The folder of images that are found by the paths of their specs. */
    static final String IMAGES = "/images";

    /** What is behind the spec's path in the name of its image. */
    static final String SUFFIX = ".image";

    /** The file that all images are older than. */
    static final String STAMP = "/stamp";

    private CacheLayout() {}
}
