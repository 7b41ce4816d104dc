package io.nsbox.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A small root file system, whose programs are the machine's own: its {@code /usr} is bound, and what belongs to it. */
record RootFolder(Path path, List<String> binds) {
    private static final List<String> PROGRAMS = List.of("bin", "sbin", "lib", "lib32", "lib64", "libx32");

    /** Makes one in a workshop, which its identity owns; it has no {@code /dev}. */
    static RootFolder in(Workshop workshop, String name) {
        try {
            Path root = workshop.newFolder(name);
            List<String> binds = new ArrayList<>(List.of("/usr:/usr:ro"));
            for (String folder : List.of("usr", "proc", "tmp", "etc")) {
                workshop.newFolder(name + "/" + folder);
            }
            for (String folder : PROGRAMS) {
                Path ofMachine = Path.of("/", folder);
                if (Files.isSymbolicLink(ofMachine)) {
                    Files.createSymbolicLink(root.resolve(folder), Files.readSymbolicLink(ofMachine));
                } else if (Files.isDirectory(ofMachine)) {
                    workshop.newFolder(name + "/" + folder);
                    binds.add(ofMachine + ":" + ofMachine + ":ro");
                }
            }
            return new RootFolder(root, binds);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The keys of a spec that make it the root. */
    String keys() {
        return "rootfs: " + path + "\nmounts: [" + String.join(", ", binds) + "]\n";
    }
}
