package io.nsbox.host;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A machine that exists in memory only. */
public final class FakeTree implements HostTree {
    private final Map<String, byte[]> files = new TreeMap<>();
    private final Map<String, Status> statuses = new TreeMap<>();

    /** Adds or replaces a file of root's, readable by all. */
    public FakeTree with(String path, String... lines) {
        files.put(path, (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
        return owned(path, 0644, 0);
    }

    /** Says who owns a file or folder, and its permissions; makes it known if it is not. */
    public FakeTree owned(String path, int mode, long uid) {
        statuses.put(path, new Status(mode, uid));
        return this;
    }

    /** Takes a file away. */
    public FakeTree without(String path) {
        files.remove(path);
        statuses.remove(path);
        return this;
    }

    @Override
    public Optional<HostFile> read(String path) {
        return Optional.ofNullable(files.get(path)).map(content -> new HostFile(path, content));
    }

    @Override
    public Optional<Status> status(String path) {
        return Optional.ofNullable(statuses.get(path));
    }

    @Override
    public List<String> list(String path) {
        String prefix = path + "/";
        return statuses.keySet().stream()
                .filter(name -> name.startsWith(prefix))
                .map(name -> name.substring(prefix.length()).replaceFirst("/.*", ""))
                .distinct()
                .toList();
    }
}
